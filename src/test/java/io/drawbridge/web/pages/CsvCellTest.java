package io.drawbridge.web.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A cell of a file for spreadsheets")
class CsvCellTest {

    @ParameterizedTest(name = "{0} is written {1}")
    @DisplayName("holds no formula, wherever the spreadsheet lets a cell begin")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "bob@acme.example|bob@acme.example",
                "=1+1|'=1+1",
                "@SUM(A1)|'@SUM(A1)",
                "x;=1|x;'=1",
                "x; \"=1|x; \"'=1",
                "x;y|x;y",
                "-1;-2|'-1;'-2",
            })
    void holdsNoFormula(String text, String written) {
        assertThat(CsvCell.guarded(text)).isEqualTo(written);
    }
}
