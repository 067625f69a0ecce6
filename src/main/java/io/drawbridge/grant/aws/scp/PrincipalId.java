package io.drawbridge.grant.aws.scp;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * A principal by the id that AWS gave it and that nobody can choose.
 *
 * <p>Never a session name, which whoever assumes a role picks, and never an ARN: a role that is deleted and made again
 * keeps its ARN, but not its unique id.
 */
public record PrincipalId(Kind kind, String id) implements Comparable<PrincipalId> {

    /** Kinds of principal, with the condition key that names each. */
    public enum Kind {
        /**
         * A user of IAM Identity Center, by {@code identitystore:UserId}: 36 characters, or 47 in an identity store
         * whose ids carry a prefix of their own.
         */
        IDENTITY_CENTER_USER(
                "an Identity Center user's id, such as 94482488-3041-7026-18f3-be45837cd0e4",
                "([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}"),
        /** An IAM user, by {@code aws:userid}. */
        IAM_USER("an IAM user's unique id, such as AIDACKCEVSQ6C2EXAMPLE", "AIDA[A-Z0-9]{16,124}"),
        /** A role, by the part of {@code aws:userid} before the colon, which all its sessions share. */
        IAM_ROLE("an IAM role's unique id, such as AROADBQP57FF2AEXAMPLE", "AROA[A-Z0-9]{16,124}");

        private final String expected;
        private final Pattern form;

        Kind(String expected, String form) {
            this.expected = expected;
            this.form = Pattern.compile(form);
        }
    }

    private static final Comparator<PrincipalId> BY_KIND_AND_ID =
            Comparator.comparing(PrincipalId::kind).thenComparing(PrincipalId::id);

    public PrincipalId {
        if (!kind.form.matcher(id).matches()) {
            throw new IllegalArgumentException("\"" + id + "\" names nobody; expected " + kind.expected + ".");
        }
    }

    public static PrincipalId identityCenterUser(String userId) {
        return new PrincipalId(Kind.IDENTITY_CENTER_USER, userId);
    }

    public static PrincipalId iamUser(String uniqueId) {
        return new PrincipalId(Kind.IAM_USER, uniqueId);
    }

    public static PrincipalId iamRole(String uniqueId) {
        return new PrincipalId(Kind.IAM_ROLE, uniqueId);
    }

    /** Whether {@code identitystore:UserId} names it, and not {@code aws:userid}. */
    boolean isIdentityCenterUser() {
        return kind == Kind.IDENTITY_CENTER_USER;
    }

    boolean isRole() {
        return kind == Kind.IAM_ROLE;
    }

    /** As the condition key has it; of a role every session. */
    public String conditionValue() {
        return kind == Kind.IAM_ROLE ? id + ":*" : id;
    }

    @Override
    public int compareTo(PrincipalId other) {
        return BY_KIND_AND_ID.compare(this, other);
    }

    @Override
    public String toString() {
        return id;
    }
}
