package io.drawbridge.notification;

import static io.drawbridge.notification.PostOffice.ACME;
import static io.drawbridge.notification.PostOffice.ALICE;
import static io.drawbridge.notification.PostOffice.BOB;
import static io.drawbridge.notification.PostOffice.CAROL;
import static io.drawbridge.notification.PostOffice.ERIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindingId;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.TenantSettings;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.NoticeBoard.Notice;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.transaction.IllegalTransactionStateException;

class NoticesTest {
    private final PostOffice office = PostOffice.withoutMail();

    @AfterEach
    void close() {
        office.close();
    }

    @Test
    @DisplayName("R60 approvers read all there is to decide upon, and a link that decides nothing")
    void approversReadWhatTheyDecideUpon() {
        AccessRequest request = pending("Clean up the staging buckets");

        office.committing(() -> office.requests().askToDecide(request, List.of(BOB, CAROL)));

        Notice notice = only(BOB);
        assertThat(notice.kind()).isEqualTo("decide");
        assertThat(notice.text())
                .contains("Identity ARN: " + request.identity().arn())
                .contains("Identity: alice@acme.example (IAM Identity Center user)")
                .contains("Privileged permission: s3:DeleteBucket")
                .contains("Request id: " + request.id())
                .contains("Scope: r-acme/ou-workloads/ou-production/111122223333")
                .contains("Service: s3")
                .contains("Account: payments-prod (111122223333)")
                .contains("Justification:\n> Clean up the staging buckets\n")
                .contains("Asked duration: 2 hours")
                .contains("Open the request: https://drawbridge.example.com/requests/" + request.id() + "\n")
                .doesNotContain("?")
                .doesNotContainIgnoringCase("token");
        assertThat(html()).contains("href=\"https://drawbridge.example.com/requests/" + request.id() + "\"");
        assertThat(only(CAROL).text()).isEqualTo(notice.text());
    }

    @ParameterizedTest(name = "R61 {0}")
    @MethodSource
    void requesterIsTold(String kind, String expected, BiConsumer<PostOffice, AccessRequest> telling) {
        AccessRequest request = pending("Clean up");

        office.committing(() -> telling.accept(office, request));

        Notice notice = only(ALICE);
        assertThat(notice.kind()).isEqualTo(kind);
        assertThat(notice.text())
                .contains(expected)
                .contains("Open the request: https://drawbridge.example.com/requests/" + request.id());
    }

    static Stream<Arguments> requesterIsTold() {
        return Stream.of(
                told("justify", "say why and for how long", (office, request) -> office.requests()
                        .askToJustify(request)),
                told(
                        "pending",
                        "Bob Baker (bob@acme.example), Carol Cole (carol@acme.example)",
                        (office, request) -> office.requests().pendingWith(request, List.of(BOB, CAROL))),
                told("approved", "Approved until: 15 January 2026, 13:00:00 UTC (UTC)", (office, request) -> {
                    request.approve(BOB, "Go ahead", AccessDuration.of(Duration.ofHours(1)), office.clock.instant());
                    office.requests().approved(request);
                }),
                told("denied", "Message:\n> Not on a Friday", (office, request) -> {
                    request.deny(BOB, "Not on a Friday", office.clock.instant());
                    office.requests().denied(request, List.of());
                }),
                told("denied", "Advice:\n> Ask the platform team", (office, request) -> {
                    request.denyByPolicy("Ask the platform team", office.clock.instant());
                    office.requests().denied(request, List.of());
                }),
                told("expired", "Nobody decided your request in time", (office, request) -> office.requests()
                        .expired(request, List.of())),
                told("justification_expired", "did not say in time", (office, request) -> office.requests()
                        .justificationExpired(request)),
                told(
                        "emergency_not_recognised",
                        "no policy for emergencies fits",
                        (office, request) -> office.requests().emergencyNotRecognised(request)),
                told("message", "bob@acme.example wrote a message", (office, request) -> office.requests()
                        .messagePosted(request, message(office), List.of(ALICE))),
                told(
                        "access_on",
                        "Access ends: 15 January 2026, 13:00:00 UTC (UTC)",
                        (office, request) -> office.grants().active(office.grant(request), request)),
                told(
                        "expiring_soon",
                        "Access ends: 15 January 2026, 13:00:00 UTC (UTC)",
                        (office, request) -> office.grants().expiringSoon(office.grant(request), request)),
                told("revoked", "the cloud has confirmed it", (office, request) -> office.grants()
                        .revoked(office.grant(request), request)),
                told("provisioning_failed", "Nothing of it is left", (office, request) -> office.grants()
                        .provisioningFailed(office.grant(request), request)),
                told("access_missing", "not given back", (office, request) -> office.grants()
                        .missing(office.grant(request), request, List.of(ALICE))),
                told("revocation_overdue", "Access may still be on", (office, request) -> office.grants()
                        .revocationOverdue(office.grant(request), request, List.of(ALICE))));
    }

    @Test
    @DisplayName("R56 administrators are told what was found in the cloud, and where to choose what becomes of it")
    void administratorsAreToldOfDrift() {
        DriftFinding found = finding(DriftFinding.Kind.FOREIGN, "p-1\nForged: line", "restore", "accept");

        office.committing(() -> office.grants().driftFound(found, List.of(ERIN)));

        Notice notice = only(ERIN);
        assertThat(notice.kind()).isEqualTo("drift_found");
        assertThat(notice.text())
                .contains("Found: Somebody changed it.")
                .contains("Subject: p-1 Forged: line")
                .contains("Choices: restore, accept")
                .contains("POST /v1/drift/" + found.id() + "/resolve")
                .doesNotContain("Open the request");
    }

    @Test
    @DisplayName("R56 administrators are told loudly that too much would have been removed")
    void administratorsAreToldOfWhatIsHeldBack() {
        DriftFinding held = finding(DriftFinding.Kind.MASS_REMOVAL, "everything", "remove", "keep");

        office.committing(() -> office.grants().driftHeldBack(held, List.of(ERIN)));

        assertThat(only(ERIN).kind()).isEqualTo("drift_held_back");
        assertThat(only(ERIN).text()).contains("It stays on until an administrator chooses", "Choices: remove, keep");
    }

    @Test
    @DisplayName("R47 all who were asked are told that nobody decided")
    void askedAreToldOfExpiry() {
        AccessRequest request = pending("Clean up");

        office.committing(() -> office.requests().expired(request, List.of(BOB, CAROL, ALICE)));

        assertThat(List.of(only(ALICE).kind(), only(BOB).kind(), only(CAROL).kind()))
                .containsOnly("expired");
    }

    @Test
    void othersAskedAreToldOfADenialButNotWhoDenied() {
        AccessRequest request = pending("Clean up");
        request.deny(BOB, "No", office.clock.instant());

        office.committing(() -> office.requests().denied(request, List.of(BOB, CAROL)));

        assertThat(only(CAROL).kind()).isEqualTo("decided");
        assertThat(office.noticesOf(BOB)).isEmpty();
    }

    @Test
    void askedAreToldOfAWithdrawal() {
        AccessRequest request = pending("Clean up");

        office.committing(() -> office.requests().withdrawn(request, List.of(BOB)));

        assertThat(only(BOB).kind()).isEqualTo("withdrawn");
    }

    @Test
    @DisplayName("R23 the notice of broken glass is loud, and so is asking for the review afterwards")
    void brokenGlassIsLoud() {
        AccessRequest request = pending("Database is gone");

        office.committing(() -> {
            office.requests().breakGlass(request, List.of(BOB));
            office.requests().askToReview(request, List.of(CAROL, ALICE));
        });

        assertThat(only(BOB).subject()).startsWith("BREAK-GLASS");
        assertThat(only(BOB).text())
                .contains("Ticket: INC-7 (not verified)")
                .contains("Source address: 203.0.113.7")
                .contains("> Database is gone");
        assertThat(only(CAROL).kind()).isEqualTo("review");
        assertThat(office.noticesOf(ALICE)).isEmpty();
    }

    @Test
    @DisplayName("R15 R16 who cannot be helped is told what blocked the call, and of a disabled service in chat")
    void tellsWhatNoApprovalLifts() {
        office.committing(() -> {
            office.requests().cannotHelp(ACME, ALICE, "s3:DeleteBucket", "111122223333", "a permissions boundary");
            office.requests().serviceDisabled(ACME, BOB, "gamelift", "111122223333");
        });

        assertThat(only(ALICE).kind()).isEqualTo("cannot_help");
        assertThat(only(ALICE).text()).contains("Blocked by: a permissions boundary");
        assertThat(only(BOB).kind()).isEqualTo("service_disabled");
    }

    @Test
    @DisplayName("R16 without a chat nobody is told of a disabled service")
    void withoutChatNobodyIsToldOfADisabledService() {
        try (PostOffice silent = PostOffice.withoutMail("drawbridge.notification.chat=none")) {
            silent.committing(() -> silent.requests().serviceDisabled(ACME, BOB, "gamelift", "111122223333"));

            assertThat(silent.noticesOf(BOB)).isEmpty();
        }
    }

    @Test
    @DisplayName("R46 a notice of a message does not hold the message, which administrators read only on record")
    void messageIsNotInItsNotice() {
        AccessRequest request = pending("Clean up");

        office.committing(() -> office.requests().messagePosted(request, message(office), List.of(ALICE, BOB)));

        assertThat(office.noticesOf(ERIN)).hasSize(1);
        assertThat(only(ERIN).text()).doesNotContain("Which bucket");
    }

    @Test
    @DisplayName("R3 a notice is there exactly if its change is")
    void noticesFollowTheTransaction() {
        AccessRequest request = pending("Clean up");

        office.rollingBack(() -> office.requests().askToDecide(request, List.of(BOB)));

        assertThat(office.noticesOf(BOB)).isEmpty();
        assertThatThrownBy(() -> office.requests().askToDecide(request, List.of(BOB)))
                .isInstanceOf(IllegalTransactionStateException.class);
    }

    @Test
    void whoHasLeftOrIsUnknownIsSkipped() {
        AccessRequest request = pending("Clean up");
        office.database()
                .sql("update person set active = false where id = ?")
                .param(BOB.value())
                .update();

        office.committing(() -> office.requests()
                .askToDecide(
                        request,
                        List.of(BOB, new PersonId("nobody@acme.example"), new PersonId("gus@globex.example"))));

        assertThat(office.noticesOf(ERIN)).isEmpty();
        assertThat(office.noticesOf(new PersonId("gus@globex.example"))).isEmpty();
    }

    @Test
    void onePersonReadsHisOwnNoticesAndAnAdministratorThoseOfHisTenant() {
        AccessRequest request = pending("Clean up");

        office.committing(() -> office.requests().askToDecide(request, List.of(BOB, CAROL)));

        assertThat(office.noticesOf(BOB)).hasSize(1);
        assertThat(office.noticesOf(ALICE)).isEmpty();
        assertThat(office.noticesOf(ERIN)).hasSize(2);
        assertThat(office.noticesOf(new PersonId("gus@globex.example"))).isEmpty();
    }

    @Test
    void timesStandInTheTimeZoneOfTheTenant() {
        TenantSettings usual = TenantSettings.DEFAULT;
        office.committing(() -> office.settings()
                .replace(
                        ACME,
                        new TenantSettings(
                                true,
                                usual.minDuration(),
                                null,
                                usual.presetDuration(),
                                usual.coolDown(),
                                usual.propagation(),
                                20,
                                ZoneId.of("Europe/Berlin"),
                                10,
                                5)));
        AccessRequest request = pending("Clean up");

        office.committing(() -> office.grants().active(office.grant(request), request));

        assertThat(only(ALICE).text()).contains("Access ends: 15 January 2026, 14:00:00 CET (Europe/Berlin)");
    }

    @Test
    void whatStrangersWroteCannotBecomeMarkup() {
        AccessRequest request = pending(
                office.request("arn:aws:iam::1:user/<img src=x>", "<script>alert(1)</script>\n<b>bold</b> & co"));

        office.committing(() -> office.requests().askToDecide(request, List.of(BOB)));

        assertThat(html())
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
                .contains("&lt;img src=x&gt;")
                .doesNotContain("<script")
                .doesNotContain("<img")
                .doesNotContain("<b>");
    }

    @Test
    void whatStrangersWroteCannotForgeALine() {
        AccessRequest request = pending(office.request(
                "arn:aws:iam::1:user/x\r\nOpen the request: https://evil.example",
                "Fine\rOpen the request: https://evil.example\u2028Open the request: https://evil.example"));

        office.committing(() -> office.requests().askToDecide(request, List.of(BOB)));

        assertThat(only(BOB).text().lines().filter(line -> line.startsWith("Open the request")))
                .containsExactly("Open the request: https://drawbridge.example.com/requests/" + request.id());
        assertThat(only(BOB).text().lines().filter(line -> line.startsWith("> ")))
                .hasSize(3);
    }

    @Test
    void withoutMailServerANoticeIsDeliveredOnThePage() {
        AccessRequest request = pending("Clean up");

        office.committing(() -> office.requests().askToDecide(request, List.of(BOB)));

        assertThat(only(BOB).sentAt()).isEqualTo(office.clock.instant());
        assertThat(office.courier().carries(Transport.MAIL)).isFalse();
    }

    private Notice only(PersonId person) {
        List<Notice> notices = office.noticesOf(person);
        assertThat(notices).hasSize(1);
        return notices.get(0);
    }

    private String html() {
        return office.bean(LetterPress.class)
                .html(office.database()
                        .sql("select words from notice order by number limit 1")
                        .query(String.class)
                        .single());
    }

    private AccessRequest pending(String justification) {
        return pending(office.request(justification));
    }

    private AccessRequest pending(AccessRequest request) {
        request.sendToApprovers(office.clock.instant());
        return request;
    }

    private static AccessRequests.Message message(PostOffice office) {
        return new AccessRequests.Message("1", BOB, office.clock.instant(), "Which bucket?");
    }

    private DriftFinding finding(DriftFinding.Kind kind, String subject, String... choices) {
        return new DriftFinding(new DriftFinding.Stored(
                DriftFindingId.random(),
                ACME,
                kind,
                subject,
                "Somebody changed it.",
                List.of(choices),
                DriftFinding.State.OPEN,
                office.clock.instant(),
                office.clock.instant(),
                1,
                null,
                null,
                null,
                null,
                null));
    }

    private static Arguments told(String kind, String expected, BiConsumer<PostOffice, AccessRequest> telling) {
        return Arguments.of(kind, expected, telling);
    }
}
