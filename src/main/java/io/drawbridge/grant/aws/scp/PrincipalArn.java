package io.drawbridge.grant.aws.scp;

import java.util.regex.Pattern;

/**
 * A role, a user or the root user by ARN, or several of them by a pattern with {@code *}, as {@code aws:PrincipalArn} is
 * compared with it.
 *
 * <p>The ARN of the role, not that of its session. Whoever may make a role of a name that a pattern covers exempts
 * himself: where one role is meant, give its whole ARN. No {@code ?} and no policy variable, which AWS would expand.
 */
public record PrincipalArn(String value) implements Comparable<PrincipalArn> {

    private static final Pattern FORM =
            Pattern.compile("arn:(?:aws[a-z-]*|\\*):iam::(?:\\d{12}|\\*):(?:root|(?:role|user)/[\\w+=,.@/*-]{1,512})");
    private static final Pattern ANY_NAME = Pattern.compile(".*:(?:role|user)/[*/]*");

    public PrincipalArn {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "\"" + value + "\" is no ARN of an IAM role or user, nor a pattern of one;"
                            + " expected such as arn:aws:iam::111122223333:role/BreakGlass. For a session give its role.");
        }
    }

    /** Whether it names one principal and no other. */
    boolean isExact() {
        return value.indexOf('*') < 0;
    }

    boolean isRole() {
        return value.contains(":role/");
    }

    /** Whether it leaves the name open, and so covers every role there is. */
    boolean coversEveryName() {
        return ANY_NAME.matcher(value).matches();
    }

    /** Whether a principal of the account can be meant. */
    boolean reaches(String account) {
        String named = value.split(":", -1)[4];
        return named.equals("*") || named.equals(account);
    }

    @Override
    public int compareTo(PrincipalArn other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
