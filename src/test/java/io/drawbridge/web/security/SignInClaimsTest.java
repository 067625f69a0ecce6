package io.drawbridge.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What the claims of a token are taken for. */
@DisplayName("The claims of a token")
class SignInClaimsTest {
    private static final Map<String, Object> GOOD = Map.of(
            "iss",
            "https://issuer.example.com",
            "sub",
            "4711",
            "email",
            "alice@acme.example",
            "email_verified",
            true,
            "tenant",
            "acme",
            "groups",
            List.of("engineers"));

    @Test
    @DisplayName("R42 an empty list of groups is of somebody without groups; no list at all only where that is said")
    void takesMissingGroupsForNoneOnlyWhereThatIsSaid() {
        Map<String, Object> unsaid = new HashMap<>(GOOD);
        unsaid.remove("groups");

        assertThat(read(with(unsaid, "groups", List.of()), Map.of()).groups()).isEmpty();
        assertThatThrownBy(() -> read(unsaid, Map.of()))
                .isInstanceOf(SignInClaims.UnreadableException.class)
                .hasMessageContaining("groups-may-be-missing");
        Map<String, String> mayBeMissing = Map.of("groups-may-be-missing", "true");
        assertThat(read(unsaid, mayBeMissing).groups()).isEmpty();
        assertThatThrownBy(() -> read(with(unsaid, "_claim_names", Map.of("groups", "src1")), mayBeMissing))
                .isInstanceOf(SignInClaims.UnreadableException.class);
        assertThatThrownBy(() -> read(with(unsaid, "hasgroups", "true"), mayBeMissing))
                .isInstanceOf(SignInClaims.UnreadableException.class);
        assertThat(read(unsaid, Map.of("groups-claim", "")).groups()).isNull();
    }

    @Test
    @DisplayName("R19 make a service of Keycloak's account of a client, however it is spelled, and never a person")
    void makesNoPersonOfAServiceAccount() {
        Map<String, Object> service =
                with(with(GOOD, "azp", "Forwarder"), "preferred_username", "service-account-forwarder");

        assertThat(read(service, Map.of()).service()).isTrue();
        for (Map<String, Object> claims : List.of(
                with(service, "azp", "another"),
                with(GOOD, "preferred_username", "Service-Account-forwarder"),
                with(GOOD, "email", "SERVICE-account-forwarder@acme.example"))) {
            assertThatThrownBy(() -> read(claims, Map.of()))
                    .isInstanceOf(SignInClaims.UnreadableException.class)
                    .hasMessageContaining("service account");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mi\u212Ae@acme.example",
                "ali\u200Bce@acme.example",
                "\u0430lice@acme.example",
                "alice\u202E@acme.example",
                "\uFF41lice@acme.example",
                "al ice@acme.example",
                "alice@acme.example\u007F"
            })
    @DisplayName("R70 name nobody by a letter beyond printable ASCII")
    void refusesLookAlikes(String email) {
        assertThatThrownBy(() -> read(with(GOOD, "email", email), Map.of()))
                .isInstanceOf(SignInClaims.UnreadableException.class)
                .hasMessageContaining("names no person");
        assertThatThrownBy(
                        () -> read(with(with(with(GOOD, "client_id", email), "sub", email), "email", email), Map.of()))
                .isInstanceOf(SignInClaims.UnreadableException.class);
    }

    private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
        Map<String, Object> more = new HashMap<>(claims);
        more.put(name, value);
        return more;
    }

    private static SignInClaims read(Map<String, Object> claims, Map<String, String> settings) {
        Map<String, String> keys = new HashMap<>();
        settings.forEach((name, value) -> keys.put("drawbridge.sign-in." + name, value));
        SignInProperties properties = new Binder(new MapConfigurationPropertySource(keys))
                .bindOrCreate("drawbridge.sign-in", SignInProperties.class);
        return SignInClaims.of(claims, Instant.parse("2026-01-15T12:00:00Z"), properties);
    }
}
