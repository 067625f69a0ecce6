package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.organization.TenantSettings;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.cedar.OtherPolicies;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which durations are offered and which are taken. */
class DurationsTest extends RequestStage {
    private static final String APPROVERS =
            " @id(\"approvers\") permit (principal, action == Drawbridge::Action::\"approve_request\", resource);";

    @Test
    @DisplayName("R34 up to the cap of the policy is offered, the preset is an hour")
    void offersUpToTheCap() {
        DurationOffer offer = preview(Cast.ALICE, Cast.PROD);

        assertThat(offer.offered()).isEqualTo(durations("PT15M", "PT30M", "PT1H", "PT2H", "PT4H", "PT8H"));
        assertThat(offer.preset()).isEqualTo(AccessDuration.parse("PT1H"));
        assertThat(offer.minimum()).isEqualTo(AccessDuration.parse("PT10S"));
        assertThat(offer.maximum()).isEqualTo(AccessDuration.parse("PT8H"));
    }

    @Test
    @DisplayName("R34 where a short one is auto and a long one require, the longest is the cap of the long one")
    void offersAcrossPolicies() {
        DurationOffer offer = preview(Cast.ALICE, Cast.DEV);

        assertThat(offer.offered()).isEqualTo(durations("PT15M", "PT30M", "PT1H", "PT2H", "PT4H", "PT8H"));
        assertThat(offer.maximum()).isEqualTo(AccessDuration.parse("PT8H"));
        assertThat(offer.preset()).isEqualTo(AccessDuration.parse("PT1H"));
    }

    @Test
    @DisplayName(
            "R34 what the policy denies for its length is not offered, and the preset does not sink to the minimum")
    void offersWhatThePolicyDoesNotDeny() {
        try (OtherPolicies shortOnly = OtherPolicies.instead(
                policies,
                "@id(\"short\") permit (principal, action == Drawbridge::Action::\"request_access\", resource)"
                        + " when { context.duration <= duration(\"4h\") };" + APPROVERS)) {
            DurationOffer offer = preview(Cast.ALICE, Cast.PROD);

            assertThat(offer.offered()).isEqualTo(durations("PT15M", "PT30M", "PT1H", "PT2H", "PT4H"));
            assertThat(offer.preset()).isEqualTo(AccessDuration.parse("PT1H"));
            assertThat(offer.maximum()).isEqualTo(AccessDuration.parse("PT4H"));
            assertThat(shortOnly).isNotNull();
        }
    }

    @Test
    @DisplayName("R34 without any cap all ten are offered, forever the last; the preset of the tenant may be forever")
    void offersForever() {
        try (OtherPolicies generous = OtherPolicies.instead(
                policies,
                "@id(\"all\") permit (principal, action == Drawbridge::Action::\"request_access\", resource);"
                        + APPROVERS)) {
            set(Duration.ofSeconds(10), null, null);

            DurationOffer offer = preview(Cast.ALICE, Cast.PROD);

            assertThat(offer.offered())
                    .isEqualTo(durations(
                            "PT15M", "PT30M", "PT1H", "PT2H", "PT4H", "PT8H", "PT12H", "PT24H", "P7D", "forever"));
            assertThat(offer.preset()).isEqualTo(AccessDuration.FOREVER);
            assertThat(offer.maximum()).isEqualTo(AccessDuration.FOREVER);
            assertThat(generous).isNotNull();
        }
    }

    @Test
    @DisplayName("R34 the preset is the cap where that is lower, of the policy as of the tenant")
    void presetIsAtMostTheCap() {
        set(Duration.ofSeconds(10), Duration.ofMinutes(40), Duration.ofHours(1));

        DurationOffer offer = preview(Cast.ALICE, Cast.PROD);

        assertThat(offer.offered()).isEqualTo(durations("PT15M", "PT30M"));
        assertThat(offer.preset()).isEqualTo(AccessDuration.parse("PT40M"));
        assertThat(offer.maximum()).isEqualTo(AccessDuration.parse("PT40M"));
    }

    @Test
    @DisplayName("R34 a preset of forever is the cap of the policy")
    void presetOfForeverIsTheCap() {
        set(Duration.ofSeconds(10), null, null);

        assertThat(preview(Cast.ALICE, Cast.PROD).preset()).isEqualTo(AccessDuration.parse("PT8H"));
        assertThat(preview(Cast.ALICE, Cast.DEV).preset()).isEqualTo(AccessDuration.parse("PT8H"));
    }

    @Test
    @DisplayName("R34 nothing below the minimum is offered")
    void offersNothingBelowTheMinimum() {
        set(Duration.ofMinutes(20), null, Duration.ofHours(1));

        assertThat(preview(Cast.ALICE, Cast.PROD).offered().get(0)).isEqualTo(AccessDuration.parse("PT30M"));
    }

    @ParameterizedTest(name = "R34 {0} is taken")
    @ValueSource(strings = {"PT10S", "PT11S", "PT7H59M59S", "PT8H", "PT1H17M3S"})
    void takesEverySecondWithinItsBounds(String duration) {
        assertThat(ask(Cast.ALICE, Cast.PROD, "s3:DeleteBucket", duration).requestedDuration())
                .contains(AccessDuration.parse(duration));
    }

    @ParameterizedTest(name = "R34 {0} is refused")
    @ValueSource(
            strings = {"PT9S", "PT8H1S", "forever", "PT0S", "-PT1H", "PT10.5S", "PT1H0.001S", "1h", "P1M", "", " "})
    void refusesTheRest(String duration) {
        assertThatThrownBy(() -> ask(Cast.ALICE, Cast.PROD, "s3:DeleteBucket", duration))
                .isInstanceOfSatisfying(InvalidInputException.class, refusal -> assertThat(refusal.fields())
                        .containsOnlyKeys("duration"));

        assertThat(count("access_request")).isZero();
    }

    @ParameterizedTest(name = "R34 {0} is refused at the justification")
    @ValueSource(strings = {"PT9S", "PT8H1S", "forever", "PT0S", "PT10.5S", "1h"})
    void refusesTheRestAtTheJustification(String duration) {
        AccessRequest request = aRequestedRequest();

        assertThatThrownBy(() -> justification.justify(as(Cast.ALICE), request.id(), "Because.", duration))
                .isInstanceOf(InvalidInputException.class);

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.REQUESTED);
        assertThat(now(request).justification()).isEmpty();
    }

    @ParameterizedTest(name = "R44 an approver cannot give {0}")
    @ValueSource(strings = {"PT9S", "PT8H1S", "forever", "PT0S", "PT10.5S", "1h"})
    void refusesTheRestAtTheApproval(String duration) {
        AccessRequest request = aPendingRequest();

        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", duration))
                .isInstanceOf(InvalidInputException.class);

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
    }

    @ParameterizedTest(name = "R44 an approver can give {0}")
    @ValueSource(strings = {"PT10S", "PT8H", "PT3H"})
    void approverChoosesWithinTheCap(String duration) {
        AccessRequest request = aPendingRequest();

        AccessRequest approved = decisions.approve(as(Cast.BOB), request.id(), "Fine.", duration);

        assertThat(approved.requestedDuration()).contains(AccessDuration.parse("PT2H"));
        assertThat(approved.grantedDuration()).contains(AccessDuration.parse(duration));
        assertThat(Duration.between(
                        grantOf(request.id()).startsAt(), grantOf(request.id()).endsAt()))
                .isEqualTo(Duration.parse(duration));
        assertThat(records(request, "request.approved"))
                .singleElement()
                .satisfies(
                        record -> assertThat(record.details()).contains("PT2H").contains(duration));
    }

    @Test
    @DisplayName("R34 the cap of the tenant is included, a second more is not")
    void capOfTheTenantHolds() {
        set(Duration.ofSeconds(10), Duration.ofMinutes(40), Duration.ofMinutes(30));

        assertThatThrownBy(() -> ask(Cast.ALICE, Cast.PROD, "s3:DeleteBucket", "PT40M1S"))
                .isInstanceOf(InvalidInputException.class);
        assertThat(ask(Cast.ALICE, Cast.PROD, "s3:DeleteBucket", "PT40M").status())
                .isEqualTo(RequestStatus.PENDING);
    }

    private DurationOffer preview(io.drawbridge.identity.PersonId person, String account) {
        return opening.preview(as(person), anOpenAsk(account, "s3:DeleteBucket"))
                .durations();
    }

    private void set(Duration least, @Nullable Duration most, @Nullable Duration preset) {
        TenantSettings set = settings.of(Cast.ACME);
        change(new TenantSettings(
                true,
                least,
                most,
                preset,
                set.coolDown(),
                set.propagation(),
                set.maxRequestsPerIdentityAndHour(),
                set.timeZone(),
                set.removalGuardPercent(),
                set.removalGuardCount()));
    }

    private static List<AccessDuration> durations(String... texts) {
        return Arrays.stream(texts).map(AccessDuration::parse).toList();
    }
}
