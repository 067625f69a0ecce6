package io.drawbridge.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.WebUtils;

/**
 * Asks the issuer again about whoever has a session, once what it last said is old: groups, tenants, and whether he may
 * still sign in.
 *
 * <p>Where that fails for whatever reason, the session ends and the browser is led to the issuer, which lets in without a
 * question whom it still knows.
 */
final class RecheckFilter extends OncePerRequestFilter {
    private static final Logger log = LoggerFactory.getLogger(RecheckFilter.class);

    private final Issuer issuer;
    private final IssuerUsers users;
    private final OAuth2AuthorizedClientRepository clients;
    private final SignInProperties properties;
    private final Clock clock;
    private final RestClientRefreshTokenTokenResponseClient tokens = new RestClientRefreshTokenTokenResponseClient();
    private final HttpSessionSecurityContextRepository contexts = new HttpSessionSecurityContextRepository();

    RecheckFilter(
            Issuer issuer,
            IssuerUsers users,
            OAuth2AuthorizedClientRepository clients,
            SignInProperties properties,
            Clock clock) {
        this.issuer = issuer;
        tokens.setRestClient(Issuer.tokenCalls());
        this.users = users;
        this.clients = clients;
        this.properties = properties;
        this.clock = clock;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HttpSession session = request.getSession(false);
        if (session != null
                && old(SecurityContextHolder.getContext().getAuthentication()).isPresent()) {
            // Calls of one browser at the same moment: the first one asks, the others take what it has heard.
            synchronized (WebUtils.getSessionMutex(session)) {
                recheck(request, response, session);
            }
        }
        chain.doFilter(request, response);
    }

    private void recheck(HttpServletRequest request, HttpServletResponse response, HttpSession session) {
        Authentication kept = keptIn(session);
        if (kept == null) {
            SecurityContextHolder.clearContext();
            return;
        }
        Optional<SignedInUser> old = old(kept);
        Optional<Authentication> now = old.isEmpty()
                ? Optional.of(kept)
                : askAgain(request, response, (OAuth2AuthenticationToken) kept, old.get());
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        now.ifPresent(context::setAuthentication);
        SecurityContextHolder.setContext(context);
        if (now.isEmpty()) {
            session.invalidate();
        } else if (old.isPresent()) {
            contexts.saveContext(context, request, response);
        }
    }

    private static @Nullable Authentication keptIn(HttpSession session) {
        try {
            return session.getAttribute(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY)
                            instanceof SecurityContext context
                    ? context.getAuthentication()
                    : null;
        } catch (IllegalStateException ended) {
            return null;
        }
    }

    /** The person of the session, if what is known of him is too old. */
    private Optional<SignedInUser> old(@Nullable Authentication authentication) {
        return authentication instanceof OAuth2AuthenticationToken token
                        && token.getPrincipal() instanceof SignedInUser user
                        && !clock.instant().isBefore(user.askedAt().plus(properties.recheckAfter()))
                ? Optional.of(user)
                : Optional.empty();
    }

    private Optional<Authentication> askAgain(
            HttpServletRequest request,
            HttpServletResponse response,
            OAuth2AuthenticationToken kept,
            SignedInUser before) {
        OAuth2AuthorizedClient client = clients.loadAuthorizedClient(Issuer.REGISTRATION, kept, request);
        OAuth2RefreshToken refresh = client == null ? null : client.getRefreshToken();
        if (client == null || refresh == null) {
            return Optional.empty();
        }
        try {
            OAuth2AccessTokenResponse answer = tokens.getTokenResponse(
                    new OAuth2RefreshTokenGrantRequest(issuer.registration(), client.getAccessToken(), refresh));
            if (!(answer.getAdditionalParameters().get(OidcParameterNames.ID_TOKEN) instanceof String text)) {
                return Optional.empty();
            }
            Jwt read = issuer.loginTokens().decode(text);
            OidcIdToken token = new OidcIdToken(text, read.getIssuedAt(), read.getExpiresAt(), read.getClaims());
            SignedInUser now = users.loadUser(new OidcUserRequest(
                    issuer.registration(), answer.getAccessToken(), token, answer.getAdditionalParameters()));
            if (!now.getSubject().equals(before.getSubject())
                    || !now.claims().id().equals(before.claims().id())) {
                return Optional.empty();
            }
            OAuth2AuthenticationToken renewed =
                    new OAuth2AuthenticationToken(now, kept.getAuthorities(), Issuer.REGISTRATION);
            renewed.setDetails(kept.getDetails());
            clients.saveAuthorizedClient(
                    new OAuth2AuthorizedClient(
                            issuer.registration(),
                            now.getName(),
                            answer.getAccessToken(),
                            answer.getRefreshToken() == null ? refresh : answer.getRefreshToken()),
                    renewed,
                    request,
                    response);
            return Optional.of(renewed);
        } catch (RuntimeException refused) {
            log.info("The issuer does not confirm the session of {} any more; it ends.", kept.getName());
            log.debug("What the issuer answered.", refused);
            return Optional.empty();
        }
    }
}
