package io.drawbridge.web.api;

import io.drawbridge.web.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses bodies that are too long: at once where the length is announced, else when it is passed. */
final class BodyLimitFilter extends OncePerRequestFilter {
    private static final String EVENTS = "/v1/events/";

    private final ApiProperties limits;

    BodyLimitFilter(ApiProperties limits) {
        this.limits = limits;
    }

    /** The body is longer than what is taken. */
    static final class BodyTooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        private final long limit;

        BodyTooLongException(long limit) {
            super("The body is too long; at most " + limit + " bytes are taken.");
            this.limit = limit;
        }

        Problems.Problem problem() {
            return new Problems.Problem(
                    413, "body-too-long", "Body too long", "The body may have at most " + limit + " bytes.");
        }
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long limit = (request.getRequestURI().startsWith(request.getContextPath() + EVENTS)
                        ? limits.maxEventBody()
                        : limits.maxBody())
                .toBytes();
        if (request.getContentLengthLong() > limit) {
            Problems.write(request, response, new BodyTooLongException(limit).problem());
        } else {
            chain.doFilter(new LimitedRequest(request, limit), response);
        }
    }

    private static final class LimitedRequest extends HttpServletRequestWrapper {
        private final long limit;
        private @org.jspecify.annotations.Nullable ServletInputStream body;

        LimitedRequest(HttpServletRequest request, long limit) {
            super(request);
            this.limit = limit;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body == null) {
                body = new LimitedBody(super.getInputStream(), limit);
            }
            return body;
        }

        @Override
        public BufferedReader getReader() throws IOException {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }

    private static final class LimitedBody extends ServletInputStream {
        private final ServletInputStream body;
        private final long limit;
        private long taken;

        LimitedBody(ServletInputStream body, long limit) {
            this.body = body;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            int read = body.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = body.read(into, offset, length);
            count(Math.max(read, 0));
            return read;
        }

        private void count(int read) throws BodyTooLongException {
            taken += read;
            if (taken > limit) {
                throw new BodyTooLongException(limit);
            }
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }
    }
}
