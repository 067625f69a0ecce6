package io.drawbridge.grant.aws;

import io.drawbridge.grant.CloudException;
import io.drawbridge.organization.aws.AwsBusyException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Puts what AWS and its SDK throw into the words of the cloud port. */
public final class AwsFailures {
    private AwsFailures() {}

    /**
     * One sentence on what could not be done and what AWS said.
     *
     * @param deed what was wanted, such as {@code write the policy p-1234567890}
     */
    public static String sentence(String deed, RuntimeException failure) {
        if (failure instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
            return "AWS did not " + deed + ": " + refused.awsErrorDetails().errorCode() + ", "
                    + refused.awsErrorDetails().errorMessage() + " (request " + refused.requestId() + ").";
        }
        return "AWS could not be asked to " + deed + ": " + failure.getMessage();
    }

    /** The same as an exception of the port; throttling stays throttling. */
    public static CloudException translated(String deed, RuntimeException failure) {
        if (failure instanceof CloudException already) {
            return already;
        }
        if (failure instanceof AwsBusyException) {
            return new CloudException.Throttled(sentence(deed, failure), failure);
        }
        return new CloudException(sentence(deed, failure), failure);
    }

    /** The error code that AWS gave; empty if the call did not get that far. */
    public static String code(SdkException failure) {
        return failure instanceof AwsServiceException refused && refused.awsErrorDetails() != null
                ? String.valueOf(refused.awsErrorDetails().errorCode())
                : "";
    }
}
