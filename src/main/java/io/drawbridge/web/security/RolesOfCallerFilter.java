package io.drawbridge.web.security;

import io.drawbridge.identity.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers whether the caller has a role by the roles that he has now, however he signed in.
 *
 * <p>Spring Boot asks the servlet request before it shows the details of the health. What a sign-in once brought along is
 * not asked: a login at an issuer brings no authorities at all, and that of a person goes on when his role is taken away.
 */
final class RolesOfCallerFilter extends OncePerRequestFilter {
    private final Callers callers;

    RolesOfCallerFilter(Callers callers) {
        this.callers = callers;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(
                new HttpServletRequestWrapper(request) {
                    @Override
                    public boolean isUserInRole(String role) {
                        return has(request, role);
                    }
                },
                response);
    }

    /** Whoever has no part here has no role, either; what he asked for may be open to everybody. */
    private boolean has(HttpServletRequest request, String role) {
        try {
            return Arrays.stream(Role.values())
                    .filter(known -> known.name().equals(role))
                    .anyMatch(callers.of(request)::has);
        } catch (AuthenticationException | AccessDeniedException nobody) {
            return false;
        }
    }
}
