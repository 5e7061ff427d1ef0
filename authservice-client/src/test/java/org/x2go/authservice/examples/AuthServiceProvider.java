package org.x2go.authservice.examples;

import java.io.IOException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.x2go.authservice.client.AuthClient;

record AuthServiceProvider(AuthClient client) implements AuthenticationProvider {
    @Override
    public Authentication authenticate(Authentication login) {
        String user = login.getName();
        String password = login.getCredentials() instanceof String given ? given : "";
        try {
            if (client.authenticate(user, password, "x2gobroker")) {
                return UsernamePasswordAuthenticationToken.authenticated(
                        user, null, AuthorityUtils.createAuthorityList("ROLE_USER"));
            }
        } catch (IOException e) { // no verdict: stop here, or the next provider would say "wrong password"
            throw new InternalAuthenticationServiceException(e.getMessage(), e);
        } catch (IllegalArgumentException e) { // such a name or password belongs to no account
            throw new BadCredentialsException(e.getMessage());
        }
        throw new BadCredentialsException("Wrong user or password");
    }

    @Override
    public boolean supports(Class<?> login) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(login);
    }
}
