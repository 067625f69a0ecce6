package io.drawbridge.organization;

/**
 * What access is asked for: one IAM action, or a permission set with everything in it.
 *
 * <p>Its text is how it is stored and shown: {@code s3:DeleteBucket}, {@code permission-set/DatabaseAdministrator}.
 */
public sealed interface Entitlement permits PermissionName, PermissionSetName {

    /**
     * Reads the text of either kind.
     *
     * @throws IllegalArgumentException if it is of neither form
     */
    static Entitlement parse(String text) {
        return text.startsWith(PermissionSetName.PREFIX) ? PermissionSetName.parse(text) : PermissionName.parse(text);
    }

    /** The AWS service whose control closes it; empty for a permission set, which no control closes. */
    String service();
}
