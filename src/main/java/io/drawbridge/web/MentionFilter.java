package io.drawbridge.web;

import io.drawbridge.grant.GrantId;
import io.drawbridge.operations.Mention;
import io.drawbridge.request.RequestId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Names in each line of the log that a call writes the request or the grant that the call is about, from its path.
 *
 * <p>The tenant comes in when it is known who calls. When the call is over, nothing of it is left on the thread.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class MentionFilter extends OncePerRequestFilter {
    private static final Pattern THING = Pattern.compile("/(requests|grants)/([0-9a-f-]{36})(?:/|$)");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Matcher thing = THING.matcher(request.getRequestURI());
        try (Mention about = Mention.open()) {
            if (thing.find()) {
                if (thing.group(1).equals("requests")) {
                    about.of(new RequestId(thing.group(2)));
                } else {
                    about.of(new GrantId(thing.group(2)));
                }
            }
            chain.doFilter(request, response);
        } finally {
            MDC.remove(Mention.TENANT);
        }
    }
}
