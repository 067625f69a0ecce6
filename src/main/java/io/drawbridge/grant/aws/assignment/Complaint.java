package io.drawbridge.grant.aws.assignment;

import java.util.Locale;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssoadmin.model.ResourceNotFoundException;

/** What AWS complains of, in sentences for people. */
final class Complaint {
    private static final int LONGEST = 2000;

    private Complaint() {}

    /**
     * One or two sentences: what could not be done to which thing, AWS's own words, and what to do.
     *
     * @param deed as in "assign permission set X …"
     */
    static String sentence(String deed, SdkException failed) {
        String said = "AWS did not " + deed + ": " + words(failed) + ". " + advice(failed);
        return shortened(said);
    }

    /** AWS took it, and says why it has failed. */
    static String failed(String deed, String reason) {
        return shortened("AWS took the request to " + deed + " and failed at it: "
                + (reason.isBlank() ? "it gives no reason" : stripped(reason)) + ".");
    }

    static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }

    static String code(SdkException failed) {
        return failed instanceof AwsServiceException refused
                        && refused.awsErrorDetails() != null
                        && refused.awsErrorDetails().errorCode() != null
                ? refused.awsErrorDetails().errorCode()
                : "";
    }

    /** AWS says that it does not know a part of what it was asked for; not that it cannot read its own key. */
    static boolean isUnknown(SdkException failed) {
        return failed instanceof ResourceNotFoundException unknown
                ? unknown.reasonAsString() == null
                : "ResourceNotFoundException".equals(code(failed));
    }

    /** AWS answered, and the answer is no: nothing was done. */
    static boolean isRefusal(SdkException failed) {
        return failed instanceof AwsServiceException refused
                && refused.statusCode() >= 400
                && refused.statusCode() < 500;
    }

    static boolean isAccessDenied(SdkException failed) {
        return code(failed).startsWith("AccessDenied");
    }

    /**
     * Whether the reason that AWS gives for a failure is that it does not know the user, the account or the permission set.
     *
     * <p>The reason is free text; AWS passes on what its own parts say, such as "Received a 404 status error: Not found".
     */
    static boolean isUnknown(String reason) {
        String text = reason.toLowerCase(Locale.ROOT);
        return text.contains("not found")
                || text.contains("does not exist")
                || text.contains("404")
                || text.contains("nosuchentity")
                || text.contains("could not find");
    }

    private static String words(SdkException failed) {
        if (failed instanceof AwsServiceException refused
                && refused.awsErrorDetails() != null
                && refused.awsErrorDetails().errorMessage() != null) {
            return code(failed) + ": " + stripped(refused.awsErrorDetails().errorMessage());
        }
        return stripped(String.valueOf(failed.getMessage()));
    }

    private static String stripped(String text) {
        String whole = text.strip();
        return whole.endsWith(".") ? whole.substring(0, whole.length() - 1) : whole;
    }

    private static String advice(SdkException failed) {
        if (isAccessDenied(failed)) {
            return "Allow it in the policies of the role that Drawbridge works with.";
        }
        if (isUnknown(failed)) {
            return "Check that the user, the account and the permission set still exist.";
        }
        if ("ServiceQuotaExceededException".equals(code(failed))) {
            return "Ask AWS for a higher quota of IAM Identity Center, or remove what is not needed there.";
        }
        return isRefusal(failed)
                ? "Check what Drawbridge's configuration and the permission set say."
                : "Nobody knows whether AWS did it; it is looked at and tried again.";
    }
}
