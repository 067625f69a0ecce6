package io.drawbridge.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How user names are spelled. */
@DisplayName("A person's id")
class PersonIdTest {
    @Test
    @DisplayName("R12 has one spelling for one person, and makes none of another's by lowering a letter beyond ASCII")
    void hasOneSpelling() {
        PersonId mike = new PersonId("mike@acme.example");

        assertThat(new PersonId("MIKE@Acme.example")).isEqualTo(mike);
        assertThat(new PersonId("J\u00DCRGEN")).isEqualTo(new PersonId("j\u00FCrgen"));
        PersonId kelvin = new PersonId("MI\u212AE@acme.example");
        assertThat(kelvin).isNotEqualTo(mike);
        assertThat(kelvin.value()).isEqualTo("mi\u212Ae@acme.example");
        assertThat(new PersonId(kelvin.value())).isEqualTo(kelvin);
        assertThat(new PersonId("M\u0130KE@acme.example").value()).isEqualTo("m\u0130ke@acme.example");
    }
}
