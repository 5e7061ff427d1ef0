package org.x2go.authservice.examples;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;

record LoginFailures(AuthenticationEntryPoint refused) implements AuthenticationEntryPoint {
    private static final System.Logger LOG = System.getLogger(LoginFailures.class.getName());

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException, ServletException {
        if (failure instanceof AuthenticationServiceException) {
            LOG.log(Level.ERROR, "Nobody can log in: " + failure.getMessage());
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE); // sendError would end in a 401 by /error
        } else {
            refused.commence(request, response, failure);
        }
    }
}
