package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import io.drawbridge.web.Problems;
import io.drawbridge.web.Problems.Problem;
import io.drawbridge.web.security.Callers;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Makes a write that carries an {@code Idempotency-Key} happen once, however often it is sent.
 *
 * <p>The same key of the same person with the same call gets the answer of the first, with {@code Idempotency-Replayed:
 * true}. Answers that say "try again" (5xx, and a 409 with {@code Retry-After}) are not kept, and give the key back.
 */
@Component
class IdempotencyFilter extends OncePerRequestFilter {
    static final String KEY = "Idempotency-Key";
    static final String REPLAYED = "Idempotency-Replayed";

    private static final int LONGEST_KEY = 255;
    private static final int LONGEST_CALL = 1024;
    private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE");

    private final IdempotentCalls calls;
    private final Callers callers;

    IdempotencyFilter(IdempotentCalls calls, Callers callers) {
        this.calls = calls;
        this.callers = callers;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !WRITES.contains(request.getMethod()) || request.getHeader(KEY) == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String key = key(request);
        if (key == null) {
            Problems.write(
                    request,
                    response,
                    new Problem(
                            400,
                            "bad-idempotency-key",
                            "Bad idempotency key",
                            "An " + KEY + " is one header of 1 to " + LONGEST_KEY + " visible ASCII characters."));
            return;
        }
        Caller caller = caller(request);
        if (caller == null) {
            chain.doFilter(request, response);
            return;
        }
        byte[] body;
        try {
            body = request.getInputStream().readAllBytes();
        } catch (BodyLimitFilter.BodyTooLongException tooLong) {
            Problems.write(request, response, tooLong.problem());
            return;
        }
        String call = request.getMethod() + " " + request.getRequestURI();
        String hash = hash(call + "?" + request.getQueryString() + "\n" + request.getContentType() + "\n", body);
        String shortened = call.length() <= LONGEST_CALL ? call : call.substring(0, LONGEST_CALL);
        if (calls.begin(caller, key, shortened, hash)) {
            answer(new RepeatableRequest(request, body), response, chain, caller, key);
        } else {
            repeat(request, response, calls.find(caller, key), hash);
        }
    }

    private void answer(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, Caller caller, String key)
            throws ServletException, IOException {
        ContentCachingResponseWrapper kept = new ContentCachingResponseWrapper(response);
        boolean done = false;
        try {
            chain.doFilter(request, kept);
            boolean again = kept.getStatus() >= HttpStatus.INTERNAL_SERVER_ERROR.value()
                    || kept.getHeader(HttpHeaders.RETRY_AFTER) != null;
            if (!again) {
                // NB. What an answer says once is kept nowhere, not here either.
                String body = saysASecret(request, kept.getStatus())
                        ? IdempotentCalls.SAID_ONCE
                        : new String(kept.getContentAsByteArray(), StandardCharsets.UTF_8);
                calls.answered(
                        caller,
                        key,
                        new IdempotentCalls.Answer(
                                kept.getStatus(), kept.getHeader(HttpHeaders.LOCATION), kept.getContentType(), body));
                done = true;
            }
        } finally {
            if (!done) {
                calls.forget(caller, key);
            }
            kept.copyBodyToResponse();
        }
    }

    /** What was made is shown with its secret, which is shown to nobody again. */
    private static boolean saysASecret(HttpServletRequest request, int status) {
        return status < HttpStatus.BAD_REQUEST.value()
                && request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod method
                && method.hasMethodAnnotation(SaysASecret.class);
    }

    private static void repeat(
            HttpServletRequest request,
            HttpServletResponse response,
            Optional<IdempotentCalls.Call> earlier,
            String hash)
            throws IOException {
        if (earlier.isPresent() && !earlier.get().bodyHash().equals(hash)) {
            Problems.write(
                    request,
                    response,
                    new Problem(
                            422,
                            "idempotency-key-reused",
                            "Idempotency key reused",
                            "This " + KEY + " was used for another call; take a new one for each."));
            return;
        }
        IdempotentCalls.Answer answer =
                earlier.map(IdempotentCalls.Call::answer).orElse(null);
        if (answer == null) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            Problems.write(
                    request,
                    response,
                    new Problem(
                            409,
                            "call-under-way",
                            "Call under way",
                            "The first call with this " + KEY
                                    + " has no answer yet. If that stays so, look at what it did before you take a new key."));
            return;
        }
        if (answer.body().equals(IdempotentCalls.SAID_ONCE)) {
            Problems.write(
                    request,
                    response,
                    new Problem(
                            409,
                            "said-once",
                            "Said once",
                            "The first call with this " + KEY
                                    + " was carried out, and the secret that it made was shown then and is kept nowhere to be shown"
                                    + " again. If you do not have it, revoke or remove what was made, and make another."));
            return;
        }
        response.setStatus(answer.status());
        response.setHeader(REPLAYED, "true");
        if (answer.location() != null) {
            response.setHeader(HttpHeaders.LOCATION, answer.location());
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        if (answer.contentType() != null) {
            response.setContentType(answer.contentType());
        }
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static @Nullable String key(HttpServletRequest request) {
        List<String> given = Collections.list(request.getHeaders(KEY));
        String key = given.get(0);
        boolean sound = given.size() == 1
                && !key.isEmpty()
                && key.length() <= LONGEST_KEY
                && key.chars().allMatch(each -> each > 0x20 && each < 0x7F);
        return sound ? key : null;
    }

    /** Null if the call will be refused for who makes it; that needs no key. */
    private @Nullable Caller caller(HttpServletRequest request) {
        try {
            return callers.of(request);
        } catch (AuthenticationException | AccessDeniedException refused) {
            return null;
        }
    }

    private static String hash(String call, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(call.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(body));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256.", impossible);
        }
    }

    /** The call with its body read already. */
    private static final class RepeatableRequest extends HttpServletRequestWrapper {
        private final ServletInputStream body;

        RepeatableRequest(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = new BodyStream(body);
        }

        @Override
        public ServletInputStream getInputStream() {
            return body;
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        }
    }

    private static final class BodyStream extends ServletInputStream {
        private final ByteArrayInputStream body;

        BodyStream(byte[] body) {
            this.body = new ByteArrayInputStream(body);
        }

        @Override
        public int read() {
            return body.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return body.read(into, offset, length);
        }

        @Override
        public boolean isFinished() {
            return body.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("The API reads no body asynchronously.");
        }
    }
}
