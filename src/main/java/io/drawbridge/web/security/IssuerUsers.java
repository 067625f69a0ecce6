package io.drawbridge.web.security;

import java.time.Clock;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.web.client.RestTemplate;

/** Makes of a login at the issuer a person of ours, who is taken in with it. */
final class IssuerUsers implements OAuth2UserService<OidcUserRequest, OidcUser> {
    private final OidcUserService described = new OidcUserService();
    private final Admission admission;
    private final SignInProperties properties;
    private final Clock clock;

    IssuerUsers(Admission admission, SignInProperties properties, Clock clock) {
        this.admission = admission;
        this.properties = properties;
        this.clock = clock;
        RestTemplate calls = new RestTemplate(Issuer.calls());
        calls.setErrorHandler(new OAuth2ErrorResponseErrorHandler());
        DefaultOAuth2UserService told = new DefaultOAuth2UserService();
        told.setRestOperations(calls);
        described.setOauth2UserService(told);
        // Okta leaves most claims out of the ID token and tells them where it is asked about the user.
        described.setRetrieveUserInfo(login -> login.getClientRegistration()
                                .getProviderDetails()
                                .getUserInfoEndpoint()
                                .getUri()
                        != null
                && !(login.getIdToken().hasClaim(properties.personClaim())
                        && login.getIdToken().hasClaim(properties.tenantClaim())
                        && (properties.groupsClaim().isBlank()
                                || login.getIdToken().hasClaim(properties.groupsClaim()))));
    }

    /**
     * The person of ours.
     *
     * @throws OAuth2AuthenticationException if he has no part here; its error code is the reason's word
     */
    @Override
    public SignedInUser loadUser(OidcUserRequest login) {
        OidcUser user = described.loadUser(login);
        try {
            SignInClaims claims =
                    SignInClaims.of(user.getClaims(), login.getIdToken().getIssuedAt(), properties);
            if (claims.service()) {
                throw new NotAdmittedException(NotAdmittedException.Reason.SERVICE);
            }
            admission.admit(claims, null);
            return new SignedInUser(login.getIdToken(), user.getUserInfo(), claims, clock.instant());
        } catch (NotAdmittedException refused) {
            throw failure(refused.reason().word(), refused);
        } catch (SignInClaims.UnreadableException unreadable) {
            throw failure("unreadable", unreadable);
        }
    }

    private static OAuth2AuthenticationException failure(String word, RuntimeException cause) {
        return new OAuth2AuthenticationException(
                new OAuth2Error(word, cause.getMessage(), null), String.valueOf(cause.getMessage()), cause);
    }
}
