package io.drawbridge.intake.aws;

/** Foreign text inside our own sentences. */
final class Quotation {

    private static final int LONGEST = 80;

    private Quotation() {}

    /** The text in quotes, cut at 80 characters, with everything replaced that is not plain printable ASCII. */
    static String of(String text) {
        String head = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return "\"" + head.replaceAll("[^ -~]", "?").replace('"', '\'') + "\"";
    }
}
