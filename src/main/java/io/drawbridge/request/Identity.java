package io.drawbridge.request;

/**
 * Who is denied, as the cloud knows him.
 *
 * @param arn for an Identity Center user the ARN that was seen, which differs by permission set
 * @param name the user name of an Identity Center user, else the last part of the ARN
 */
public record Identity(Type type, String arn, String name) {

    /** Kinds of identity that a request can be for. */
    public enum Type {
        /** A user of IAM Identity Center: a person. */
        SSO_USER,
        IAM_USER,
        IAM_ROLE
    }

    /** What makes it the same identity the next time it is seen: the name of a person, the ARN of a machine. */
    public String key() {
        return type == Type.SSO_USER ? type + ":" + name.toLowerCase(java.util.Locale.ROOT) : type + ":" + arn;
    }
}
