package io.drawbridge.web.pages;

import java.util.regex.Pattern;

/**
 * Keeps a spreadsheet from taking what somebody wrote for a formula.
 *
 * <p>A cell that begins with {@code = + - @}, a tab or a line break gets an apostrophe in front, as OWASP advises against
 * CSV injection; reading takes it away again. So does whatever stands behind a semicolon or a tab inside of a cell: where a
 * spreadsheet separates by those, and not by commas, the next cell begins there.
 */
final class CsvCell {
    private static final String FORMULA = "=+-@\t\r\n";
    private static final Pattern CELL_WITHIN = Pattern.compile("([;\t][\\s\"']*)(?=[=+\\-@])");

    private CsvCell() {}

    static String guarded(String text) {
        String within = CELL_WITHIN.matcher(text).replaceAll("$1'");
        return !within.isEmpty() && FORMULA.indexOf(within.charAt(0)) >= 0 ? "'" + within : within;
    }

    static String read(String cell) {
        return cell.length() > 1 && cell.charAt(0) == '\'' && FORMULA.indexOf(cell.charAt(1)) >= 0
                ? cell.substring(1)
                : cell;
    }
}
