package io.drawbridge.intake.aws;

import org.jspecify.annotations.Nullable;

/**
 * Who made a call.
 *
 * <p>Told by ARNs alone: the field {@code userName} is never asked. Source: AWS CloudTrail User Guide, "CloudTrail
 * userIdentity element".
 *
 * @param arn of an Identity Center user the ARN of the session, of an IAM user its own, of any other role session the
 *     ARN of the role with its path; null if AWS gave none
 * @param name the user name of an Identity Center user or IAM user, or the role's name; empty for {@link Type#OTHER}
 * @param accountId the account the identity belongs to; null if AWS gave none. A service control policy binds there
 * @param principalId the id that AWS made for the user or role, without the session's name; null if AWS gave none
 * @param roleArn the role behind a session; null without one
 * @param sessionName null without a role session. Whoever assumes a role chooses it; only for Identity Center users
 *     does AWS
 * @param sourceIdentity what the first session of a chain of roles set; null if it set nothing
 * @param mfa whether AWS says that the session was made with a second factor; Identity Center sessions say no
 * @param reason for {@link Type#OTHER} why no person or owner can be told; else empty
 */
public record CallerIdentity(
        Type type,
        @Nullable String arn,
        String name,
        @Nullable String accountId,
        @Nullable String principalId,
        @Nullable String roleArn,
        @Nullable String sessionName,
        @Nullable String sourceIdentity,
        boolean mfa,
        String reason) {

    /** Kind of identity; decides who is asked. */
    public enum Type {
        /** A session that IAM Identity Center made for a person. */
        SSO_USER,
        IAM_USER,
        /** A session of any role that Identity Center did not make. */
        IAM_ROLE,
        /** Root user, AWS service, federated user, another account: nobody of ours can be told from it. */
        OTHER
    }
}
