package io.drawbridge.grant.aws.scp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Is it still what we wrote? */
class PolicyContentTest {
    private static final String HASH = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    @ParameterizedTest(name = "R56 {0} and {1} are the same: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":\"b\",\"c\":[1,2]} | { \"c\" : [ 1, 2 ],  \"a\" : \"b\" } | true",
                "{\"a\":\"b\"} | {\"a\":\"B\"} | false",
                "{\"a\":\"b c\"} | {\"a\":\"bc\"} | false",
                "{\"a\":[1,2]} | {\"a\":[2,1]} | false",
                "{\"a\":\"b\"} | {\"a\":[\"b\"]} | false",
                "{\"a\":\"b\"} | {\"a\":\"c\",\"a\":\"b\"} | false",
                "{\"a\":\"b\"} | {\"a\":\"b\"}{} | false",
                "{\"a\":\"b\"} | {\"a\":\"b\" | false",
                "{\"a\":\"b\"} | '' | false",
                "no | no | true"
            })
    void comparesWithoutWhiteSpaceAndOrder(String one, String other, boolean same) {
        assertThat(PolicyContent.same(one, other)).isEqualTo(same);
        assertThat(PolicyContent.same(other, one)).isEqualTo(same);
    }

    @Test
    @DisplayName("R57 the description says which write it was and what was written")
    void describesTheContent() {
        PolicyDescription description = PolicyDescription.of(12, "{}");

        assertThat(description.text()).isEqualTo("gen=12 sha256=" + HASH);
        assertThat(PolicyDescription.parse(description.text())).contains(description);
        assertThat(description.describes("{}")).isTrue();
        assertThat(description.describes("{ }")).isFalse();
        assertThat(PolicyDescription.of(999_999_999_999_999_999L, "{}").text()).hasSizeLessThanOrEqualTo(96);
    }

    @ParameterizedTest(name = "R57 \"{0}\" is not ours")
    @ValueSource(
            strings = {
                "",
                "Written by hand",
                "gen=12",
                "gen=-1 sha256=" + HASH,
                "gen=1 sha256=" + HASH + " ",
                "gen=1 sha256=44136FA355B3678A1146AD16F7E8649E94FB4FC21FE77E8310C060F61CAAFF8A",
                "gen=1234567890123456789 sha256=" + HASH
            })
    void takesNoOtherDescriptionForOurs(String text) {
        assertThat(PolicyDescription.parse(text)).isEmpty();
    }

    @Test
    @DisplayName("R57 a description that could not be read again is refused")
    void refusesWhatItCouldNotRead() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PolicyDescription(-1, HASH));
        assertThatIllegalArgumentException().isThrownBy(() -> new PolicyDescription(1, "abc"));
    }
}
