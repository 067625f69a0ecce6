package io.drawbridge.grant.aws.scp;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in the description of a policy object, changed by the same call as its content: {@code gen=<n>
 * sha256=<hex>}, at most 96 of the 512 characters that AWS allows. It tells a policy of ours, of this generation or an
 * older one, from one that somebody else changed.
 *
 * @param generation number of the write, growing
 * @param sha256 of the content, 64 small hexadecimal digits
 */
public record PolicyDescription(long generation, String sha256) {

    private static final Pattern FORM = Pattern.compile("gen=(\\d{1,18}) sha256=([0-9a-f]{64})");

    public PolicyDescription {
        if (!FORM.matcher(text(generation, sha256)).matches()) {
            throw new IllegalArgumentException("\"" + text(generation, sha256)
                    + "\" describes no policy; expected gen=<n> sha256=<64 hexadecimal digits>.");
        }
    }

    public static PolicyDescription of(long generation, String content) {
        return new PolicyDescription(generation, PolicyContent.sha256(content));
    }

    /** Reads what {@link #text()} wrote; empty for anything else, which is then not ours. */
    public static Optional<PolicyDescription> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new PolicyDescription(Long.parseLong(matcher.group(1)), matcher.group(2)))
                : Optional.empty();
    }

    /** Whether the content is the one that was written with it. */
    public boolean describes(String content) {
        return sha256.equals(PolicyContent.sha256(content));
    }

    public String text() {
        return text(generation, sha256);
    }

    private static String text(long generation, String sha256) {
        return "gen=" + generation + " sha256=" + sha256;
    }
}
