package io.drawbridge.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The ids of our own service control policies")
class IntakePropertiesTests {

    @Test
    @DisplayName("R15 are as many as there are, or none")
    void takesIds() {
        assertThat(new IntakeProperties(List.of("p-drawbrdg1", "p-FullAWSAccess_2")).scpIds())
                .containsExactlyInAnyOrder("p-drawbrdg1", "p-FullAWSAccess_2");
        assertThat(new IntakeProperties(List.of()).scpIds()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "p-short", "drawbrdg1", "p-drawbrdg1 ", "p-draw*brdg"})
    @DisplayName("R15 stop the start with key and expectation if they are of another form")
    void refusesOthers(String id) {
        assertThatThrownBy(() -> new IntakeProperties(List.of(id)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("drawbridge.aws.scp-ids")
                .hasMessageContaining("\"" + id + "\"")
                .hasMessageContaining("p-drawbrdg1");
    }
}
