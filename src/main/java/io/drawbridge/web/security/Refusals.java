package io.drawbridge.web.security;

import io.drawbridge.web.Problems;
import io.drawbridge.web.Problems.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.web.csrf.CsrfException;

/** What programs are told at the door when they are not let in. */
final class Refusals {
    private final Limits limits;
    private final boolean passwords;

    /** @param passwords whether passwords open anything here */
    Refusals(Limits limits, boolean passwords) {
        this.limits = limits;
        this.passwords = passwords;
    }

    /** Not signed in. A browser is not asked to pop up its own login where a page has one of its own. */
    void unauthorized(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof AuthenticationServiceException) {
            Problems.write(
                    request,
                    response,
                    new Problem(
                            503, "sign-in-unavailable", "Sign-in unavailable", "Nobody can be signed in at present."));
            return;
        }
        if (failure instanceof BadCredentialsException) {
            limits.failed(request);
        }
        boolean byToken = failure instanceof InvalidBearerTokenException;
        boolean fromPage = request.getRequestedSessionId() != null || request.getHeader("X-Requested-With") != null;
        String scheme = byToken || !passwords ? "Bearer" : "Basic";
        response.setHeader(
                HttpHeaders.WWW_AUTHENTICATE,
                (fromPage && !byToken ? "Session" : scheme) + " realm=\"Drawbridge\""
                        + (byToken ? ", error=\"invalid_token\"" : ""));
        Problems.write(
                request,
                response,
                new Problem(
                        401,
                        "not-signed-in",
                        "Not signed in",
                        byToken ? String.valueOf(failure.getMessage()) : "This call needs a login that is known."));
    }

    /** Signed in, and not let in. */
    static void forbidden(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        Problems.write(request, response, problem(denied));
    }

    private static Problem problem(AccessDeniedException denied) {
        if (denied instanceof CsrfException) {
            return new Problem(
                    403,
                    "csrf-token-missing",
                    "CSRF token missing",
                    "A call signed in by the session of a browser has to show that session's CSRF token.");
        }
        if (denied instanceof Callers.TenantMissingException) {
            return new Problem(
                    HttpStatus.BAD_REQUEST.value(),
                    "tenant-missing",
                    "Tenant missing",
                    String.valueOf(denied.getMessage()));
        }
        return new Problem(
                403,
                "forbidden",
                "Forbidden",
                denied instanceof NotAdmittedException refused
                        ? refused.reason().text()
                        : "This is no part of what your roles let you do.");
    }
}
