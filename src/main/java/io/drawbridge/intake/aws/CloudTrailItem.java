package io.drawbridge.intake.aws;

import org.jspecify.annotations.Nullable;

/** What one record of a body turned out to be. */
public sealed interface CloudTrailItem {

    /**
     * A call that AWS denied for want of permission.
     *
     * @param action the IAM action that was denied, or why it is not known
     * @param cause what denied it, as far as the record tells
     * @param encoded what AWS would tell more of; null if there is nothing, or nothing is missing
     * @param text the record as it came, as {@link DeadLetter#text} is
     */
    record DeniedCall(
            CloudTrailRecord call,
            DeniedAction action,
            DenialCause cause,
            @Nullable EncodedMessage encoded,
            String text)
            implements CloudTrailItem {}

    /**
     * What AWS tells of a denial only to who may ask {@code sts:DecodeAuthorizationMessage} in that account.
     *
     * @param callerArn {@code userIdentity.arn} of the record; null if it has none
     */
    record EncodedMessage(String message, @Nullable String callerArn) {}

    /** A call that succeeded, or failed for another reason than a missing permission. */
    record OtherCall(CloudTrailRecord call) implements CloudTrailItem {}

    /**
     * A record that cannot be used.
     *
     * @param eventId its id; null if it has none that can be read
     * @param reason what is wrong with it and what was expected; one line, at most 500 characters
     * @param text the record as it came, with its envelope if it has one, as JSON; cut after
     *     {@link CloudTrailReader#LONGEST_TEXT} characters
     */
    record DeadLetter(@Nullable String eventId, String reason, String text) implements CloudTrailItem {}
}
