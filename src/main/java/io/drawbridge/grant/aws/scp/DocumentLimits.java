package io.drawbridge.grant.aws.scp;

/**
 * How much room AWS leaves in one account.
 *
 * @param characters the most that one document may have, white space included
 * @param documents the most policies that Drawbridge may attach to the account, others' not counted
 * @param headroom characters that a document is left with when actions are put into it for the first time, so that
 *     leases fit without moving actions; leases, and actions that find no other place, may use it up
 */
public record DocumentLimits(int characters, int documents, int headroom) {

    /** Characters in a policy, <a href="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html">quota</a>. */
    public static final int AWS_CHARACTERS = 10_240;

    /** Service control policies attached to one target, same page. */
    public static final int AWS_POLICIES_A_TARGET = 10;

    public DocumentLimits {
        if (characters < 1 || documents < 1) {
            throw new IllegalArgumentException("No room in " + documents + " documents of " + characters
                    + " characters; expected at least one of each.");
        }
        if (headroom < 0 || headroom >= characters) {
            throw new IllegalArgumentException(
                    "A headroom of " + headroom + " characters does not fit; expected 0 to " + (characters - 1) + ".");
        }
    }

    /**
     * AWS's quotas, with a quarter of each document left free at first: the whole catalogue then takes six documents,
     * where four would do, and 16 leases of 16 persons on 16 actions fit before the first action moves. An organization
     * may have 10,000 policies, so that more headroom would cost accounts.
     *
     * @param reserved policies of the account that are not Drawbridge's, such as {@code FullAWSAccess}
     */
    public static DocumentLimits ofAws(int reserved) {
        return new DocumentLimits(AWS_CHARACTERS, AWS_POLICIES_A_TARGET - reserved, AWS_CHARACTERS / 4);
    }
}
