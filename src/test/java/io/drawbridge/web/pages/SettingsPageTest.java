package io.drawbridge.web.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.flash;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.drawbridge.organization.OrganizationSnapshot;
import io.drawbridge.organization.OrganizationUnreadableException;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.TenantSettings;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class SettingsPageTest extends Office {
    private static final String SETTINGS = "/settings";
    private static final PermissionSetName ADMIN = new PermissionSetName("DatabaseAdministrator");

    @Autowired
    private Settings settings;

    @Autowired
    private PermissionSets permissionSets;

    @Autowired
    private Scopes scopes;

    @Autowired
    private OfficeHouse.FakeSource aws;

    private TenantSettings before = TenantSettings.DEFAULT;

    @BeforeEach
    void remember() {
        before = settings.of(ACME);
    }

    @AfterEach
    void asItWas() {
        committing(() -> settings.replace(ACME, before));
        permissionSets.of(ACME).forEach(set -> permissionSets.remove(ACME, set.name()));
        aws.read = null;
        database.sql("update scope set name = 'payments-prod', closed = false where id = '111122223333'")
                .update();
    }

    @Test
    @DisplayName("R70 everybody of the organisation reads the settings, and administrators change them")
    void showsTheSettings() throws Exception {
        for (String person : new String[] {ALICE, BOB, VICTOR, OSCAR, PETRA, GUS}) {
            assertThat(body(look(person, SETTINGS)))
                    .as(person)
                    .contains("Request user justification", "10 seconds", "15 minutes", "forever")
                    .doesNotContain("action=\"/settings");
            send(person, SETTINGS, "coolDown", "1h").andExpect(status().isForbidden());
            send(person, SETTINGS + "/sync").andExpect(status().isForbidden());
            send(person, SETTINGS + "/permission-sets/" + ADMIN.name(), "closesSessions", "true")
                    .andExpect(status().isForbidden());
        }
        assertThat(body(look(ERIN, SETTINGS)))
                .contains("name=\"coolDown\" value=\"15 minutes\"", "Usually 5 minutes.", "value=\"Europe/Berlin\"");
        assertNeedsToken(ERIN, SETTINGS, "coolDown", "1h");
        assertNeedsToken(ERIN, SETTINGS + "/sync");
        assertThat(settings.of(ACME)).isEqualTo(before);
    }

    @Test
    @DisplayName("R14 R19 R31 R34 an administrator changes every setting, and it is audited")
    void changesTheSettings() throws Exception {
        send(
                        ERIN,
                        SETTINGS,
                        "requestUserJustification",
                        "off",
                        "minDuration",
                        "1m",
                        "maxDuration",
                        "12 hours",
                        "presetDuration",
                        "90m",
                        "coolDown",
                        "0 seconds",
                        "propagation",
                        "PT3M",
                        "maxRequestsPerIdentityAndHour",
                        " 5 ",
                        "timeZone",
                        "Europe/Berlin",
                        "removalGuardPercent",
                        "25",
                        "removalGuardCount",
                        "0")
                .andExpect(redirectedUrl(SETTINGS))
                .andExpect(flash().attribute("done", containsString("as you typed them")));

        assertThat(settings.of(ACME))
                .isEqualTo(new TenantSettings(
                        false,
                        Duration.ofMinutes(1),
                        Duration.ofHours(12),
                        Duration.ofMinutes(90),
                        Duration.ZERO,
                        Duration.ofMinutes(3),
                        5,
                        ZoneId.of("Europe/Berlin"),
                        25,
                        0));
        assertThat(actions()).containsExactly("settings.changed");
        assertThat(database.sql("select details from audit_record where action = 'settings.changed'")
                        .query(String.class)
                        .single())
                .contains("\"before\"", "\"after\"")
                .doesNotContain("TenantSettings");
    }

    @Test
    void whatThePageShowsIsTakenBackUnchanged() throws Exception {
        String page = body(look(ERIN, SETTINGS));
        String[] names = {
            "minDuration",
            "maxDuration",
            "presetDuration",
            "coolDown",
            "propagation",
            "maxRequestsPerIdentityAndHour",
            "timeZone",
            "removalGuardPercent",
            "removalGuardCount"
        };
        String[] fields = new String[names.length * 2];
        for (int each = 0; each < names.length; each++) {
            java.util.regex.Matcher value = java.util.regex.Pattern.compile(
                            "name=\"" + names[each] + "\" value=\"([^\"]*)\"")
                    .matcher(page);
            assertThat(value.find()).as(names[each]).isTrue();
            fields[each * 2] = names[each];
            fields[each * 2 + 1] = value.group(1);
        }

        send(ERIN, SETTINGS, fields).andExpect(redirectedUrl(SETTINGS));

        assertThat(settings.of(ACME)).isEqualTo(before);
    }

    @Test
    void whatIsWrongStandsAtItsFieldAndWhatWasTypedStays() throws Exception {
        send(
                        ERIN,
                        SETTINGS,
                        "minDuration",
                        "forever",
                        "maxDuration",
                        HOSTILE,
                        "coolDown",
                        "PT0.5S",
                        "maxRequestsPerIdentityAndHour",
                        "many",
                        "timeZone",
                        "Europe/Atlantis",
                        "propagation",
                        "1 day")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("id=\"minDuration-wrong\"")))
                .andExpect(content().string(containsString("must not be forever.")))
                .andExpect(content().string(containsString("id=\"maxDuration-wrong\"")))
                .andExpect(content().string(containsString("must be in whole seconds.")))
                .andExpect(content().string(containsString("must be a whole number between 1 and 1000.")))
                .andExpect(content().string(containsString("is not known; expected a zone")))
                .andExpect(content().string(containsString("value=\"&lt;script&gt;")))
                .andExpect(content().string(not(containsString("<script>alert"))));
        send(ERIN, SETTINGS, "removalGuardPercent", "101", "removalGuardCount", "some")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("must be a whole number between 0 and 1000.")));
        send(ERIN, SETTINGS, "removalGuardPercent", "101", "removalGuardCount", "1001")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("must be between 0 and 100.")))
                .andExpect(content().string(containsString("must be between 0 and 1000.")));
        send(ERIN, SETTINGS, "propagation", "1 day", "maxDuration", "1s")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("must be between PT0S and PT1H.")))
                .andExpect(content().string(containsString("must not be below minDuration.")))
                .andExpect(content().string(containsString("name=\"propagation\" value=\"1 day\"")));

        assertThat(settings.of(ACME)).isEqualTo(before);
        assertThat(actions()).isEmpty();
    }

    @Test
    void changesWhetherSessionsAreClosed() throws Exception {
        permissionSets.save(
                ACME, new PermissionSets.PermissionSet(ADMIN, "arn:set", HOSTILE, Duration.ofHours(1), false));

        String page = body(look(ERIN, SETTINGS));
        assertThat(page).contains("open sessions go on", "up to 1 hour").doesNotContain("<script>alert");
        send(ERIN, SETTINGS + "/permission-sets/" + ADMIN.name(), "closesSessions", "true")
                .andExpect(redirectedUrl(SETTINGS));

        assertThat(permissionSets.find(ACME, ADMIN).orElseThrow().closesSessions())
                .isTrue();
        assertThat(body(look(VICTOR, SETTINGS))).contains("open sessions are closed");
        send(ERIN, SETTINGS + "/permission-sets/Nothing", "closesSessions", "true")
                .andExpect(status().isNotFound());
        send(ERIN, SETTINGS + "/permission-sets/" + ADMIN.name(), "closesSessions", "perhaps")
                .andExpect(status().is4xxClientError());
    }

    @Test
    void synchronizesNowAndSaysWhatChanged() throws Exception {
        send(ERIN, SETTINGS + "/sync")
                .andExpect(status().isConflict())
                .andExpect(content().string(containsString("is not connected to AWS")));
        aws.read = () -> {
            throw new OrganizationUnreadableException("The accounts could not be listed.");
        };
        send(ERIN, SETTINGS + "/sync")
                .andExpect(status().isBadGateway())
                .andExpect(content().string(containsString("The accounts could not be listed.")));

        aws.read = () -> snapshot("r-acme", HOSTILE);
        assertThat(body(send(ERIN, SETTINGS + "/sync")))
                .contains("<strong>Applied:</strong>", "1 × scope-renamed", "payments-prod", "&lt;script&gt;")
                .doesNotContain("<script>alert");

        assertThat(scopes.find(ACME, new ScopeId(PROD)).orElseThrow().name()).isEqualTo(HOSTILE);
    }

    @Test
    void whatIsHeldBackIsAppliedOnlyIfThatIsSaid() throws Exception {
        aws.read = () -> snapshot("r-other", "payments-prod");

        String page = body(send(ERIN, SETTINGS + "/sync"));

        assertThat(page)
                .contains("Held back", "the root would be another", "Nothing has changed.")
                .contains("name=\"force\" value=\"true\"");
        assertThat(scopes.find(ACME, new ScopeId("r-acme"))).isPresent();
        assertThat(scopes.find(ACME, new ScopeId("r-other"))).isEmpty();
    }

    @Test
    @DisplayName("R70 every form carries a token, every field a label, every table a caption")
    void pageIsSound() throws Exception {
        permissionSets.save(ACME, new PermissionSets.PermissionSet(ADMIN, "arn:set", "", Duration.ofHours(1), false));

        assertSound(ERIN, SETTINGS);
        assertSound(VICTOR, SETTINGS);
    }

    /** The demo's organisation with another root or another name of payments-prod; people and sets are left alone. */
    private OrganizationSnapshot snapshot(String root, String prod) {
        List<OrganizationSnapshot.Place> places = scopes.of(ACME).stream()
                .map(scope -> new OrganizationSnapshot.Place(
                        renamed(scope.id(), root),
                        scope.parent() == null ? null : renamed(scope.parent(), root),
                        scope.kind(),
                        scope.id().value().equals(PROD) ? prod : scope.name(),
                        true,
                        false))
                .toList();
        assertThat(places).extracting(OrganizationSnapshot.Place::kind).contains(Scope.Kind.ACCOUNT);
        return new OrganizationSnapshot(PagesHouse.NOW, places, null, null);
    }

    private static ScopeId renamed(ScopeId id, String root) {
        return id.value().equals("r-acme") ? new ScopeId(root) : id;
    }
}
