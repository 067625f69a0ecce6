package io.drawbridge.intake.aws;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call that CloudTrail recorded, in the fields that the intake needs.
 *
 * <p>All texts are data that the caller of AWS could choose in part. Their length is bounded and they hold no control
 * characters; beyond that nothing about them is vouched for. Field meanings: AWS CloudTrail User Guide, "CloudTrail
 * record contents", record version 1.
 *
 * @param eventId unique a record; the same id is the same record
 * @param eventTime when the call was made, by AWS's clock
 * @param accountId {@code recipientAccountId}, the account that was given the record; 12 digits. The identity may be of
 *     another account, see {@link CallerIdentity#accountId()}
 * @param eventSource the service, such as {@code s3.amazonaws.com}
 * @param eventName the API operation, which is not always the IAM action
 * @param region null if the record names none
 * @param errorCode null if the call succeeded
 * @param errorMessage null if there is none; AWS cuts it at 1 KB
 * @param sourceIp an address, or the DNS name of an AWS service; null if there is none
 */
public record CloudTrailRecord(
        String eventId,
        Instant eventTime,
        String accountId,
        String eventSource,
        String eventName,
        @Nullable String region,
        @Nullable String errorCode,
        @Nullable String errorMessage,
        CallerIdentity identity,
        @Nullable String sourceIp,
        @Nullable String userAgent) {}
