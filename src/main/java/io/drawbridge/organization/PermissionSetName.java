package io.drawbridge.organization;

import java.util.regex.Pattern;

/**
 * Name of a permission set of IAM Identity Center.
 *
 * <p>Form: IAM Identity Center API Reference, "CreatePermissionSet", 1 to 32 characters.
 */
public record PermissionSetName(String name) implements Entitlement {
    static final String PREFIX = "permission-set/";

    private static final Pattern FORM = Pattern.compile("[\\w+=,.@-]{1,32}");

    public PermissionSetName {
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name
                    + "\" is no name of a permission set; expected 1 to 32 letters, digits or any of _+=,.@-.");
        }
    }

    static PermissionSetName parse(String text) {
        return new PermissionSetName(text.substring(PREFIX.length()));
    }

    @Override
    public String service() {
        return "";
    }

    @Override
    public String toString() {
        return PREFIX + name;
    }
}
