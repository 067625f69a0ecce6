package io.drawbridge.web.security;

import com.nimbusds.jose.JWSAlgorithm;
import io.drawbridge.identity.Role;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where people and services sign in, and what of their tokens is read.
 *
 * @param issuer the OIDC issuer, exactly as its tokens name it; without one nobody signs in by OIDC
 * @param clientId what Drawbridge is called at the issuer
 * @param clientSecret what Drawbridge shows the issuer; without one it is a public client, with PKCE alone
 * @param scopes scopes that the login in a browser asks for; add {@code offline_access} where the issuer gives no refresh
 *     token without it
 * @param audience what the {@code aud} of a bearer token has to hold; the client id if left out
 * @param algorithms signature algorithms that are taken; asymmetric ones only
 * @param clockSkew how far the issuer's clock may be off, 2 min at most
 * @param tenantClaim claim that names the tenant, or a list of them; a path with dots leads into objects
 * @param tenants ids of our tenants by what the claim says, where the two differ
 * @param groupsClaim claim that lists the groups; empty if groups come from a directory and tokens do not count
 * @param groupsMayBeMissing whether a token without the groups claim is of somebody without groups; otherwise it is refused
 * @param personClaim claim that is the person's user name here
 * @param requireVerifiedEmail whether {@code email_verified} has to be true where the person's claim is {@code email}
 * @param createPeople whether somebody that the issuer knows and Drawbridge does not becomes a requester
 * @param recheckAfter after how long a browser's session asks the issuer again, 15 min at most
 * @param roles roles that a group of the issuer brings, such as {@code drawbridge-administrators=ADMINISTRATOR}
 * @param serviceRoles the role that each word of the service roles claim brings: INTAKE, OPERATIONS or PROCESS_OWNER
 * @param serviceRolesClaim claim of a service's token that lists what it is there for
 */
@ConfigurationProperties("drawbridge.sign-in")
record SignInProperties(
        @Nullable URI issuer,
        @DefaultValue("") String clientId,
        @DefaultValue("") String clientSecret,
        @DefaultValue({"openid", "email", "profile"}) List<String> scopes,
        @DefaultValue("") String audience,
        @DefaultValue({"RS256", "PS256", "ES256"}) List<String> algorithms,
        @DefaultValue("PT30S") Duration clockSkew,
        @DefaultValue("tenant") String tenantClaim,
        @DefaultValue Map<String, String> tenants,
        @DefaultValue("groups") String groupsClaim,
        @DefaultValue("false") boolean groupsMayBeMissing,
        @DefaultValue("email") String personClaim,
        @DefaultValue("true") boolean requireVerifiedEmail,
        @DefaultValue("false") boolean createPeople,
        @DefaultValue("PT15M") Duration recheckAfter,
        @DefaultValue Map<String, Set<Role>> roles,
        @DefaultValue("roles") String serviceRolesClaim,
        @DefaultValue Map<String, Role> serviceRoles) {
    /** Longest time that a browser's session relies on what the issuer once said. */
    static final Duration LONGEST_RELIANCE = Duration.ofMinutes(15);

    /** Roles that something without a person behind it may have; a decision is always a person's. */
    static final Set<Role> FOR_SERVICES = EnumSet.of(Role.INTAKE, Role.OPERATIONS, Role.PROCESS_OWNER);

    private static final Duration LARGEST_SKEW = Duration.ofMinutes(2);

    SignInProperties {
        if (issuer != null) {
            demand(
                    isAddress(issuer),
                    "issuer",
                    issuer,
                    "an https address without query or fragment; http on this machine only");
            demand(!clientId.isBlank(), "client-id", clientId, "what Drawbridge is called at the issuer");
            demand(scopes.contains("openid"), "scopes", scopes, "openid among them");
            demand(!tenantClaim.isBlank(), "tenant-claim", tenantClaim, "the name of a claim");
            demand(!personClaim.isBlank(), "person-claim", personClaim, "the name of a claim");
        }
        demand(
                !algorithms.isEmpty()
                        && algorithms.stream()
                                .allMatch(name -> JWSAlgorithm.Family.SIGNATURE.contains(JWSAlgorithm.parse(name))),
                "algorithms",
                algorithms,
                "asymmetric signature algorithms, such as RS256, PS256, ES256");
        demand(
                !clockSkew.isNegative() && clockSkew.compareTo(LARGEST_SKEW) <= 0,
                "clock-skew",
                clockSkew,
                "PT0S to PT2M");
        demand(
                recheckAfter.toSeconds() >= 1 && recheckAfter.compareTo(LONGEST_RELIANCE) <= 0,
                "recheck-after",
                recheckAfter,
                "PT1S to PT15M");
        demand(
                FOR_SERVICES.containsAll(serviceRoles.values()),
                "service-roles",
                serviceRoles,
                "roles among " + FOR_SERVICES + ": a service asks and decides nothing");
        audience = audience.isBlank() ? clientId : audience;
        algorithms = List.copyOf(algorithms);
        tenants = Map.copyOf(tenants);
        roles = Map.copyOf(roles);
        serviceRoles = Map.copyOf(serviceRoles);
    }

    private static boolean isAddress(URI issuer) {
        String scheme = String.valueOf(issuer.getScheme()).toLowerCase(Locale.ROOT);
        boolean plain = issuer.getRawQuery() == null && issuer.getRawFragment() == null && issuer.getHost() != null;
        return plain && (scheme.equals("https") || (scheme.equals("http") && isLoopback(issuer.getHost())));
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
    }

    private static void demand(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "drawbridge.sign-in." + key + " is \"" + value + "\"; expected " + expected + ".");
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "SignInProperties[issuer=" + issuer + ", clientId=" + clientId + "]";
    }
}
