package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.policy.cedar.OtherPolicies;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Everybody of the demo tries to decide in every account. */
class WhoMayDecideTest extends RequestStage {
    private static final PersonId INTAKE = new PersonId("intake@acme.example");

    private static final List<PersonId> EVERYBODY = List.of(
            Cast.ALICE,
            Cast.BOB,
            Cast.CAROL,
            Cast.DAVE,
            Cast.ERIN,
            Cast.VICTOR,
            Cast.OSCAR,
            Cast.PETRA,
            Cast.MALLORY,
            INTAKE,
            Cast.GINA,
            Cast.GUS);

    /** Who may decide what Mallory asks for, from the first minute. */
    private static final Map<String, Set<PersonId>> DECIDERS = Map.of(
            Cast.PROD, Set.of(Cast.BOB, Cast.CAROL, Cast.DAVE, Cast.ERIN),
            Cast.DEV, Set.of(Cast.CAROL, Cast.DAVE, Cast.ERIN),
            Cast.SANDBOX, Set.of(Cast.ALICE, Cast.DAVE, Cast.ERIN));

    /** Who may read it and still not decide: the requester, and the viewer of the root. */
    private static final Set<PersonId> READERS = Set.of(Cast.MALLORY, Cast.VICTOR);

    static Stream<Arguments> everybodyEverywhere() {
        return Stream.of("approve", "deny").flatMap(deed -> Stream.of(Cast.PROD, Cast.DEV, Cast.SANDBOX)
                .flatMap(account -> EVERYBODY.stream().map(person -> Arguments.of(person, deed, account))));
    }

    @ParameterizedTest(name = "R24 {0}: {1} in {2}")
    @MethodSource("everybodyEverywhere")
    void decidesExactlyWhoMay(PersonId person, String deed, String account) {
        AccessRequest request = ask(Cast.MALLORY, account, "s3:DeleteBucket", "PT8H");
        Map<String, Object> before = row(request);

        if (DECIDERS.getOrDefault(account, Set.of()).contains(person)) {
            decide(person, deed, request);

            assertThat(statusOf(request.id()))
                    .isEqualTo(deed.equals("approve") ? RequestStatus.APPROVED : RequestStatus.DENIED);
            assertThat(now(request).decision().orElseThrow().person()).isEqualTo(person);
            assertThat(records(request, "request.refused")).isEmpty();
        } else {
            assertThatThrownBy(() -> decide(person, deed, request))
                    .isInstanceOf(READERS.contains(person) ? ForbiddenException.class : NotFoundException.class);

            assertThat(row(request)).isEqualTo(before);
            assertThat(count("access_grant")).isZero();
            assertThat(records(request, "request.refused")).hasSize(READERS.contains(person) ? 1 : 0);
        }
    }

    @ParameterizedTest(name = "R24 {0}: {1} in {2} in Tasklist, given the task by mistake")
    @MethodSource("everybodyEverywhere")
    void decidesExactlyWhoMayInTasklist(PersonId person, String deed, String account) {
        AccessRequest request = ask(Cast.MALLORY, account, "s3:DeleteBucket", "PT8H");
        tasks.addCandidateUser(taskOf(request, APPROVE).getId(), person.value());
        Map<String, Object> before = row(request);

        if (DECIDERS.getOrDefault(account, Set.of()).contains(person)) {
            complete(person, taskOf(request, APPROVE), Map.of("decision", deed, "message", "As you see."));

            assertThat(statusOf(request.id()))
                    .isEqualTo(deed.equals("approve") ? RequestStatus.APPROVED : RequestStatus.DENIED);
            assertThat(now(request).decision().orElseThrow().person()).isEqualTo(person);
        } else {
            assertThatThrownBy(() ->
                    complete(person, taskOf(request, APPROVE), Map.of("decision", deed, "message", "As you see.")));

            assertThat(row(request)).isEqualTo(before);
            assertThat(taskOf(request, APPROVE)).isNotNull();
            assertThat(count("access_grant")).isZero();
        }
    }

    @ParameterizedTest(name = "R24 the requester {0} does not decide his own request")
    @MethodSource
    void requesterNeverDecides(PersonId requester, String account) {
        AccessRequest request = ask(requester, account, "s3:DeleteBucket", "PT8H");
        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(candidates(request)).doesNotContain(requester.value());

        for (String deed : List.of("approve", "deny")) {
            assertThatThrownBy(() -> decide(requester, deed, request)).isInstanceOf(ForbiddenException.class);
        }

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(records(request, "request.refused")).hasSize(2);
    }

    static Stream<Arguments> requesterNeverDecides() {
        return Stream.of(
                Arguments.of(Cast.ALICE, Cast.PROD),
                Arguments.of(Cast.BOB, Cast.PROD),
                Arguments.of(Cast.CAROL, Cast.DEV),
                Arguments.of(Cast.DAVE, Cast.DEV),
                Arguments.of(Cast.ERIN, Cast.PROD));
    }

    @Test
    @DisplayName("R24 an administrator as requester does not decide in the sandbox either, for he is no approver there")
    void administratorIsNoApproverOfTheSandbox() {
        AccessRequest request = ask(Cast.ERIN, Cast.SANDBOX, "s3:DeleteBucket", "PT1H");

        assertThatThrownBy(() -> decisions.approve(as(Cast.ERIN), request.id(), "Mine.", null))
                .isInstanceOf(ForbiddenException.class);
    }

    @ParameterizedTest(name = "R24 who used the identity as \"{0}\" does not decide")
    @MethodSource
    void whoUsedTheIdentityDoesNotDecide(String seenAs) {
        database.sql("update person set email = 'bob.baker@mail.example' where id = ?")
                .param(Cast.BOB.value())
                .update();
        owner("arn:aws:iam::111122223333:role/deploy", Cast.ALICE);
        AccessRequest request = aDenial(deployRole(), Cast.ALICE, Cast.PROD, Set.of(seenAs));

        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", null))
                .isInstanceOf(ForbiddenException.class)
                .hasMessageContaining("has used the identity");
        assertThatThrownBy(() -> decisions.deny(as(Cast.BOB), request.id(), "No."))
                .isInstanceOf(ForbiddenException.class);
        assertThat(candidates(request)).containsExactly(Cast.CAROL.value());
        decisions.approve(as(Cast.CAROL), request.id(), "Fine.", null);
    }

    static Stream<String> whoUsedTheIdentityDoesNotDecide() {
        return Stream.of("bob@acme.example", "BOB@acme.example", "Bob.Baker@mail.example");
    }

    @Test
    @DisplayName("R13 R24 who uses the identity while the request waits loses his say")
    void whoUsesTheIdentityLaterLosesHisSay() {
        owner(DEPLOY_ROLE, Cast.ALICE);
        AccessRequest request = aDenial(deployRole(), Cast.ALICE, Cast.PROD, Set.of());

        opening.join(request.id(), 1, Set.of("bob@acme.example"));

        assertThat(now(request).attempts()).isEqualTo(2);
        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", null))
                .isInstanceOf(ForbiddenException.class);
    }

    @Test
    @DisplayName("R24 an administrator who asked for the role of somebody else does not decide it")
    void administratorDoesNotDecideWhatHeAskedForOthers() {
        AccessRequest request = opening.ask(
                as(Cast.ERIN),
                new AskForAccess(Cast.PROD, "s3:DeleteBucket", null, "PT1H", "For bob.", false, null, DEPLOY_ROLE));

        assertThat(request.requester()).isEqualTo(Cast.BOB);
        assertThatThrownBy(() -> decisions.approve(as(Cast.ERIN), request.id(), "Fine.", null))
                .isInstanceOf(ForbiddenException.class);
    }

    @Test
    @DisplayName("R24 Cedar has to permit the decision, too")
    void policyHasItsSay() {
        AccessRequest request = aPendingRequest();

        try (OtherPolicies strict = OtherPolicies.instead(
                policies,
                """
                @id("everything") permit (principal, action == Drawbridge::Action::"request_access", resource);
                @id("not-bob") permit (principal, action == Drawbridge::Action::"approve_request", resource)
                unless { principal == Drawbridge::User::"bob@acme.example" };
                """)) {
            assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", null))
                    .isInstanceOf(ForbiddenException.class)
                    .hasMessageContaining("policy");
            assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
            decisions.approve(as(Cast.CAROL), request.id(), "Fine.", null);
            assertThat(strict).isNotNull();
        }
    }

    @Test
    @DisplayName("R24 R42 who has left decides nothing, though the task is still in his list")
    void whoHasLeftDecidesNothing() {
        AccessRequest request = aPendingRequest();
        leaves(Cast.BOB);

        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", null))
                .isInstanceOf(ForbiddenException.class);
        assertThatThrownBy(
                () -> complete(Cast.BOB, taskOf(request, APPROVE), Map.of("decision", "approve", "message", "Fine.")));

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
    }

    private void decide(PersonId person, String deed, AccessRequest request) {
        if (deed.equals("approve")) {
            decisions.approve(as(person), request.id(), "As you see.", null);
        } else {
            decisions.deny(as(person), request.id(), "As you see.");
        }
    }

    private void owner(String arn, PersonId owner) {
        organization.replaceOwners(as(Cast.ERIN), List.of(new io.drawbridge.organization.Owners.Owner(arn, owner)));
    }
}
