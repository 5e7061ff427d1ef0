package org.x2go.authservice.examples;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.www.BasicAuthenticationEntryPoint;
import org.x2go.authservice.client.AuthClient;

@Configuration
@EnableWebSecurity
class LoginConfiguration {
    @Bean
    SecurityFilterChain logins(HttpSecurity http, AuthClient client) throws Exception {
        BasicAuthenticationEntryPoint challenge = new BasicAuthenticationEntryPoint();
        challenge.setRealmName("site");
        LoginFailures form = new LoginFailures(new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED));
        return http.authenticationProvider(new AuthServiceProvider(client))
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .formLogin(login -> login.failureHandler(form::commence))
                .httpBasic(login -> login.authenticationEntryPoint(new LoginFailures(challenge)))
                .build();
    }
}
