package io.drawbridge.web.pages;

/**
 * Keeps a spreadsheet from taking what somebody wrote for a formula.
 *
 * <p>A cell that begins with {@code = + - @}, a tab or a line break gets an apostrophe in front, as OWASP advises against
 * CSV injection; reading takes it away again.
 */
final class CsvCell {
    private static final String FORMULA = "=+-@\t\r\n";

    private CsvCell() {}

    static String guarded(String text) {
        return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }

    static String read(String cell) {
        return cell.length() > 1 && cell.charAt(0) == '\'' && FORMULA.indexOf(cell.charAt(1)) >= 0
                ? cell.substring(1)
                : cell;
    }
}
