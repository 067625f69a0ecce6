package io.drawbridge.web.security;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.drawbridge.web.Problems;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.UriUtils;

/**
 * Counts tries and writes, and turns away with a 429 what comes too often.
 *
 * <p>Passwords are limited by address and not by name: a name that could be locked would let anybody lock out anybody, and
 * would tell which names there are. Tokens and keys are not: nobody guesses one.
 */
@Component
class Limits {
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "TRACE", "OPTIONS");
    /** Where programs call, whatever they say that they accept. */
    private static final List<String> PROGRAMS =
            List.of("/v1/", "/engine-rest/", "/camunda/api/", "/actuator/", "/v3/");

    private static final int MOST_KEPT = 100_000;

    private final LimitProperties limits;
    private final TimeMeter time;
    private final Cache<String, Bucket> buckets = CacheBuilder.newBuilder()
            .maximumSize(MOST_KEPT)
            .expireAfterAccess(LimitProperties.LOGINS_WITHIN)
            .build();

    Limits(LimitProperties limits, Clock clock) {
        this.limits = limits;
        this.time = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                Instant now = clock.instant();
                return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
            }

            @Override
            public boolean isWallClockBased() {
                return true;
            }
        };
    }

    /** Counts a password that was wrong. */
    void failed(HttpServletRequest request) {
        failures(request).tryConsume(1);
    }

    /** Before the sign-in: no more tries with a password from an address that has had too many. */
    OncePerRequestFilter beforePasswords() {
        return new OncePerRequestFilter() {
            @Override
            protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                long wait = carriesPassword(request)
                        ? failures(request).estimateAbilityToConsume(1).getNanosToWaitForRefill()
                        : carriesLogin(request) ? consumed(logins(request)) : 0;
                if (wait > 0) {
                    refuse(request, response, wait, "Too many logins from this address were tried");
                } else {
                    chain.doFilter(request, response);
                }
            }
        };
    }

    /** Behind the sign-in: no more writes of a caller than he may make. */
    OncePerRequestFilter beforeWrites() {
        return new OncePerRequestFilter() {
            @Override
            protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                Authentication caller = SecurityContextHolder.getContext().getAuthentication();
                long wait = SAFE_METHODS.contains(request.getMethod()) || caller == null
                        ? 0
                        : consumed(writes(request, caller.getName()));
                if (wait > 0) {
                    refuse(request, response, wait, "You write more often than is allowed");
                } else {
                    chain.doFilter(request, response);
                }
            }
        };
    }

    private static boolean carriesPassword(HttpServletRequest request) {
        String credentials = request.getHeader(HttpHeaders.AUTHORIZATION);
        return (credentials != null && credentials.regionMatches(true, 0, "Basic ", 0, "Basic ".length()))
                || (request.getMethod().equals("POST") && path(request).equals("/login"));
    }

    private static boolean carriesLogin(HttpServletRequest request) {
        return path(request).startsWith("/oauth2/") || path(request).startsWith("/login/oauth2/");
    }

    private static String path(HttpServletRequest request) {
        // As the rules of the door read it: a letter that is written with a per cent sign is the same letter.
        return UriUtils.decode(
                request.getRequestURI().substring(request.getContextPath().length()), StandardCharsets.UTF_8);
    }

    private Bucket failures(HttpServletRequest request) {
        return bucket("failure " + request.getRemoteAddr(), limits.failedLogins(), LimitProperties.LOGINS_WITHIN);
    }

    private Bucket logins(HttpServletRequest request) {
        return bucket("login " + request.getRemoteAddr(), limits.logins(), LimitProperties.LOGINS_WITHIN);
    }

    private Bucket writes(HttpServletRequest request, String caller) {
        return path(request).startsWith("/v1/events/")
                ? bucket("event " + caller, limits.eventsPerMinute(), Duration.ofMinutes(1))
                : bucket("write " + caller, limits.writesPerMinute(), Duration.ofMinutes(1));
    }

    private Bucket bucket(String key, int most, Duration within) {
        try {
            return buckets.get(key, () -> Bucket.builder()
                    .addLimit(limit -> limit.capacity(most).refillGreedy(most, within))
                    .withCustomTimePrecision(time)
                    .build());
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** How long to wait, in nanoseconds; 0 if there is no need to. */
    private static long consumed(Bucket bucket) {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        return probe.isConsumed() ? 0 : Math.max(1, probe.getNanosToWaitForRefill());
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response, long nanos, String what)
            throws IOException {
        long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1));
        response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        boolean program = PROGRAMS.stream().anyMatch(path(request)::startsWith);
        if (!program && accept != null && accept.startsWith(MediaType.TEXT_HTML_VALUE)) {
            response.sendError(HttpStatus.TOO_MANY_REQUESTS.value());
            return;
        }
        Problems.write(
                request,
                response,
                new Problems.Problem(
                        HttpStatus.TOO_MANY_REQUESTS.value(),
                        "too-many-calls",
                        "Too many calls",
                        what + "; try again in " + seconds + " s."));
    }
}
