package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The check against a token game that knows nothing of it; {@link RandomEdits} is the long run. */
@DisplayName("A diagram that passes the check")
class RandomEditsTest {
    private static final int MOST_POSITIONS = 5_000;

    @Test
    @DisplayName("R51 leaves no access behind at any end, however the shipped ones are edited")
    void leavesNoAccessBehind() {
        RandomEdits.Tally tally = new RandomEdits(20261126).run(60, true);

        assertThat(tally.leaking()).isEmpty();
        assertThat(tally.passed()).as("edited diagrams that pass").isPositive();
        assertThat(tally.refusedAndLeaking())
                .as("refused ones that do leave access")
                .isPositive();
    }

    @Test
    @DisplayName("R20 leads nobody on to access while nothing is known, however the shipped ones are edited")
    void leadsNobodyOnInDoubt() {
        RandomEdits.Tally tally = new RandomEdits(20261126).run(400, false);

        assertThat(tally.doubtful()).isEmpty();
        assertThat(tally.refusedInDoubt()).as("refused ones that do lead on").isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "approved-when-in-doubt",
                "approved-by-an-inclusive-gateway",
                "approved-whatever-is-decided",
                "justified-when-in-doubt",
                "on-unless-told-otherwise",
                "gone-unless-told-otherwise"
            })
    @DisplayName("is told apart by the game from one that leads on in doubt")
    void theGameSeesADoubt(String name) {
        assertThat(TokenGame.leadsOnInDoubt(
                        RandomEdits.document(Path.of("src/test/resources/diagrams/bad/" + name + ".bpmn"))))
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"access-request", "timeboxed-grant", "drift-removal"})
    @DisplayName("R51 as it is shipped leaves none behind either")
    void asShipped(String name) {
        TokenGame.Result result =
                TokenGame.play(RandomEdits.document(Path.of("processes/" + name + ".bpmn")), MOST_POSITIONS);

        assertThat(result.whole()).isTrue();
        assertThat(result.endsWithAccess()).isEmpty();
        assertThat(TokenGame.leadsOnInDoubt(RandomEdits.document(Path.of("processes/" + name + ".bpmn"))))
                .isEmpty();
    }

    @Test
    @DisplayName("is told apart by the game from one that leaks")
    void theGameSeesALeak() {
        TokenGame.Result result = TokenGame.play(
                RandomEdits.document(Path.of("src/test/resources/diagrams/bad/end-of-access-to-an-end.bpmn")),
                MOST_POSITIONS);

        assertThat(result.endsWithAccess()).contains("EndEvent_Left");
    }
}
