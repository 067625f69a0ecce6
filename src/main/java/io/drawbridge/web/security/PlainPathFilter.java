package io.drawbridge.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Turns away paths that spell a servlet's own name in another way, such as {@code /%65ngine-rest}.
 *
 * <p>The container routes them to the servlet and Spring cannot read them (6.2, {@code ServletRequestPathUtils}), so that
 * they would end as a 500 before anything of ours has looked at them.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class PlainPathFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isReadable(request)) {
            chain.doFilter(request, response);
        } else {
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            response.setContentType("application/problem+json");
            response.getWriter()
                    .write("{\"type\":\"urn:drawbridge:problem:bad-path\",\"title\":\"Bad path\",\"status\":400,"
                            + "\"detail\":\"The path is spelled in a way that is not taken; write it plainly.\"}");
        }
    }

    private static boolean isReadable(HttpServletRequest request) {
        try {
            ServletRequestPathUtils.parse(request);
            return true;
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }
}
