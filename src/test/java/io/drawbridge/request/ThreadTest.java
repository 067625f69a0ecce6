package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The messages on a request: whose they are, and who else looked. */
class ThreadTest extends RequestStage {

    @Test
    @DisplayName("R46 requester and those who may decide write and read, in order, with author and time")
    void threadIsInOrder() {
        AccessRequest request = aPendingRequest();

        conversation.write(as(Cast.BOB), request.id(), "Which archive?");
        clock.moveBy(Duration.ofMinutes(1));
        conversation.write(as(Cast.ALICE), request.id(), "  That of 2019. ");
        conversation.write(as(Cast.DAVE), request.id(), "Fine with me.");

        List<AccessRequests.Message> thread = conversation.read(as(Cast.ALICE), request.id());
        assertThat(thread)
                .extracting(message -> message.author() + " " + message.writtenAt() + " " + message.body())
                .containsExactly(
                        "bob@acme.example " + TestClock.START + " Which archive?",
                        "alice@acme.example " + TestClock.START.plusSeconds(60) + " That of 2019.",
                        "dave@acme.example " + TestClock.START.plusSeconds(60) + " Fine with me.");
        assertThat(conversation.read(as(Cast.BOB), request.id())).isEqualTo(thread);
        assertThat(conversation.read(as(Cast.CAROL), request.id())).isEqualTo(thread);
        assertThat(recorded(request)).doesNotContain("request.thread_read");
    }

    @Test
    @DisplayName("R46 an administrator may read it, and each reading is on record")
    void administratorReadsOnRecord() {
        AccessRequest request = aPendingRequest();
        conversation.write(as(Cast.BOB), request.id(), "Which archive?");

        assertThat(conversation.read(as(Cast.ERIN), request.id())).hasSize(1);
        assertThat(conversation.read(as(Cast.ERIN), request.id())).hasSize(1);

        assertThat(records(request, "request.thread_read"))
                .extracting(record -> record.actor())
                .containsExactly(Cast.ERIN.value(), Cast.ERIN.value());
    }

    @Test
    @DisplayName("R46 a viewer neither reads nor writes it; who may not read the request does not learn that it exists")
    void threadIsNotForOthers() {
        AccessRequest request = aPendingRequest();

        assertThatThrownBy(() -> conversation.read(as(Cast.VICTOR), request.id()))
                .isInstanceOf(ForbiddenException.class);
        assertThatThrownBy(() -> conversation.write(as(Cast.VICTOR), request.id(), "Hello."))
                .isInstanceOf(ForbiddenException.class);
        for (PersonId stranger : List.of(Cast.MALLORY, Cast.OSCAR, Cast.PETRA, Cast.GINA, Cast.GUS)) {
            assertThatThrownBy(() -> conversation.read(as(stranger), request.id()))
                    .isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> conversation.write(as(stranger), request.id(), "Hello."))
                    .isInstanceOf(NotFoundException.class);
        }
        assertThat(count("request_message")).isZero();
    }

    @Test
    @DisplayName("R43 a message has 1 to 2,000 characters, not blank")
    void messageHasItsBounds() {
        AccessRequest request = aPendingRequest();

        for (String body : new String[] {"", "  ", "x".repeat(2001)}) {
            assertThatThrownBy(() -> conversation.write(as(Cast.BOB), request.id(), body))
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> conversation.write(as(Cast.BOB), request.id(), null))
                .isInstanceOf(InvalidInputException.class);
        assertThat(conversation
                        .write(as(Cast.BOB), request.id(), "x".repeat(2000))
                        .body())
                .hasSize(2000);
    }

    @Test
    @DisplayName("R46 the others are told that somebody wrote, and not what")
    void othersAreTold() {
        AccessRequest request = aPendingRequest();

        conversation.write(as(Cast.BOB), request.id(), "A secret word.");

        assertThat(told(request, "message")).containsExactly(Cast.ALICE.value());
        assertThat(noticeText(request, "message", Cast.ALICE)).doesNotContain("A secret word.");
        assertThat(records(request, "request.message_written"))
                .singleElement()
                .satisfies(record -> assertThat(record.details()).doesNotContain("secret"));
    }
}
