package io.drawbridge.notification.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.TeamsConnector.Fault;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Teams is down, slow or tired: requests go on, nothing is lost. */
class TeamsOutageTest extends TeamsStage {

    @Test
    @DisplayName(
            "R3 R62 while Teams is down for an hour requests go on; then each message comes once, with its last words")
    void anHourDown() {
        connect(Cast.ALICE);
        connect(Cast.BOB);
        connect(Cast.CAROL);
        AccessRequest before = aPendingRequest();
        deliver();
        teams.fails(new Fault(503, null, false));

        decisions.approve(as(Cast.BOB), before.id(), "Fine.", null);
        runDueJobs();
        AccessRequest during = ask(Cast.ALICE, Cast.PROD, "kms:ScheduleKeyDeletion", "PT2H");
        for (int minute = 0; minute < 60; minute += 5) {
            after(Duration.ofMinutes(5));
            deliver();
        }
        assertThat(now(during).status()).isEqualTo(RequestStatus.PENDING);
        assertThat(cards(Cast.BOB))
                .noneMatch(card -> textOf(card).contains(during.id().value()));
        teams.fails(null);
        after(Duration.ofMinutes(5));
        deliver();

        assertThat(actions(only(Cast.BOB, "Approved"))).isEmpty();
        assertThat(cards(Cast.BOB).stream()
                        .filter(card -> textOf(card).contains(during.id().value())))
                .hasSize(1);
        assertThat(cards(Cast.CAROL).stream()
                        .filter(card -> textOf(card).contains(during.id().value())))
                .hasSize(1);
        assertThat(actions(question(Cast.BOB))).containsExactly("Approve", "Deny");
        assertThat(database.sql("select count(*) from notice where transport = 'teams' and sent_at is null")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    @DisplayName("R62 Teams is left alone for as long as it says, and asked again then")
    void tooMuch() {
        connect(Cast.BOB);
        aPendingRequest();
        teams.fails(new Fault(429, "120", false));
        deliver();
        teams.fails(null);
        teams.forgetCalls();

        clock.moveBy(Duration.ofSeconds(119));
        deliver();
        assertThat(teams.calls()).isEmpty();
        clock.moveBy(Duration.ofSeconds(1));
        deliver();

        assertThat(actions(question(Cast.BOB))).containsExactly("Approve", "Deny");
    }

    @Test
    @DisplayName("a message whose answer was lost is posted once more rather than never, and both can be answered")
    void lostAnswer() {
        connect(Cast.BOB);
        AccessRequest request = aPendingRequest();
        teams.fails(new Fault(0, null, true));
        deliver();
        teams.fails(null);
        clock.moveBy(Duration.ofMinutes(1));
        deliver();

        var copies = cards(Cast.BOB).stream()
                .filter(card -> textOf(card).startsWith("Please decide"))
                .toList();
        assertThat(copies).hasSize(2);
        JsonNode form = click(Cast.BOB, copies.get(1), "Deny").card();
        click(Cast.BOB, form, "Deny", Map.of("message", "No."));
        deliver();
        JsonNode orphan = question(Cast.BOB);
        JsonNode refresh = orphan.at("/refresh/action");
        assertThat(textOf(post(invocation(Cast.BOB, "show", refresh.path("data"), Map.of(), null))
                        .card()))
                .startsWith("Denied");
        assertThat(textOf(click(Cast.BOB, orphan, "Approve").card())).startsWith("Too late");
        assertThat(now(request).status()).isEqualTo(RequestStatus.DENIED);
    }

    @Test
    @DisplayName("a command that could not be answered can be said again by Teams; one that was is not answered twice")
    void commandsDuringAnOutage() {
        connect(Cast.BOB);
        int before = cards(Cast.BOB).size();
        ObjectNode said = activity(Cast.BOB, "message").put("text", "waiting");
        teams.fails(new Fault(503, null, false));

        assertThat(post(said).status()).isEqualTo(503);
        teams.fails(null);
        assertThat(post(said).status()).isEqualTo(200);
        assertThat(post(said).status()).isEqualTo(200);

        assertThat(cards(Cast.BOB)).hasSize(before + 1);
    }

    @Test
    @DisplayName("a token of the bot that Entra has taken back is fetched anew")
    void tokenTakenBack() {
        connect(Cast.BOB);
        aPendingRequest();
        teams.forgetBearers();
        deliver();

        assertThat(actions(question(Cast.BOB))).containsExactly("Approve", "Deny");
    }

    @Test
    @DisplayName("a message that its reader has deleted, and a person who has removed the app, hold up nobody else")
    void goneHoldsUpNobody() {
        connect(Cast.BOB);
        connect(Cast.CAROL);
        AccessRequest request = aPendingRequest();
        after(Duration.ofHours(1));
        deliver();
        teams.delete(member(Cast.BOB).conversation());
        decisions.deny(as(Cast.DAVE), request.id(), "No.");
        deliver();

        assertThat(actions(only(Cast.CAROL, "Denied"))).isEmpty();
        assertThat(database.sql(
                                "select failure from notice where recipient_id = ? and transport = 'teams' and failure is not null")
                        .param(Cast.BOB.value())
                        .query(String.class)
                        .list())
                .anyMatch(failure -> failure.contains("404"));
    }
}
