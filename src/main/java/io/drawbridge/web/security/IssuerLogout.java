package io.drawbridge.web.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.web.authentication.logout.LogoutSuccessHandler;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Where a browser goes after it has signed out: to the issuer, which ends its own session, and back to the login.
 *
 * <p>Camunda's menu signs out by a call that follows no redirect. It gets a 204, and its page then goes to
 * {@link #REST_OF_IT}, which knows the way to the issuer from the new session.
 */
final class IssuerLogout implements LogoutSuccessHandler {
    /** Where a page goes whose session has ended behind its back. */
    static final String REST_OF_IT = "/signed-out";

    private static final String DONE = "/login?logout";
    private static final String WAY = IssuerLogout.class.getName() + ".way";

    private final RequestMatcher byCall;
    private final @Nullable Way issuer;

    /**
     * @param clients null without an issuer
     * @param baseUrl where Drawbridge is reached, as registered at the issuer
     */
    IssuerLogout(RequestMatcher byCall, @Nullable ClientRegistrationRepository clients, String baseUrl) {
        this.byCall = byCall;
        this.issuer = clients == null ? null : new Way(clients, baseUrl + DONE);
    }

    @Override
    public void onLogoutSuccess(
            HttpServletRequest request, HttpServletResponse response, @Nullable Authentication authentication)
            throws IOException {
        String way = issuer == null || authentication == null
                ? request.getContextPath() + DONE
                : issuer.from(request, response, authentication);
        if (byCall.matches(request)) {
            request.getSession(true).setAttribute(WAY, way);
            response.setStatus(HttpStatus.NO_CONTENT.value());
        } else {
            response.sendRedirect(way);
        }
    }

    /** The rest of the way for a browser whose page has signed out by a call; taken once. */
    static String restOf(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null && session.getAttribute(WAY) instanceof String way) {
            session.removeAttribute(WAY);
            return way;
        }
        return request.getContextPath() + DONE;
    }

    private static final class Way extends OidcClientInitiatedLogoutSuccessHandler {
        private Way(ClientRegistrationRepository clients, String back) {
            super(clients);
            setPostLogoutRedirectUri(back);
            setDefaultTargetUrl(DONE);
        }

        private String from(HttpServletRequest request, HttpServletResponse response, Authentication authentication) {
            return determineTargetUrl(request, response, authentication);
        }
    }
}
