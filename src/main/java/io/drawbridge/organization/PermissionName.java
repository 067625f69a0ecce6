package io.drawbridge.organization;

import java.util.regex.Pattern;

/**
 * An explicit IAM action, such as {@code s3:DeleteBucket}.
 *
 * <p>Never a wildcard: what is lifted must be exactly what was asked for.
 */
public record PermissionName(String service, String action) implements Entitlement, Comparable<PermissionName> {

    private static final Pattern FORM = Pattern.compile("([a-z0-9-]{1,64}):([A-Za-z0-9]{1,128})");

    public PermissionName {
        if (!FORM.matcher(service + ":" + action).matches()) {
            throw new IllegalArgumentException("\"" + service + ":" + action
                    + "\" is no IAM action; expected service:Action, such as s3:DeleteBucket.");
        }
    }

    /**
     * Reads {@code service:Action}.
     *
     * @throws IllegalArgumentException if the text is of another form or holds a wildcard
     */
    public static PermissionName parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no IAM action; expected service:Action, such as s3:DeleteBucket.");
        }
        return new PermissionName(text.substring(0, colon), text.substring(colon + 1));
    }

    @Override
    public int compareTo(PermissionName other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return service + ":" + action;
    }
}
