package io.drawbridge.notification;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How mail is written. Whether any is sent is decided by spring.mail.host.
 *
 * @param from sender of every mail: an address, or a name with an address, such as Drawbridge &lt;no-reply@example.com&gt;
 */
@ConfigurationProperties("drawbridge.mail")
record MailProperties(@DefaultValue("Drawbridge <drawbridge@localhost>") String from) {
    private static final int LONGEST_ADDRESS = 320;
    private static final Pattern PLAIN_ADDRESS = Pattern.compile("[\\x21-\\x7E]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*");

    MailProperties {
        sender(from);
    }

    InternetAddress sender() {
        return sender(from);
    }

    private static InternetAddress sender(String from) {
        try {
            InternetAddress[] parsed = InternetAddress.parse(from, true);
            if (parsed.length == 1 && from.chars().noneMatch(Character::isISOControl)) {
                parsed[0].validate();
                return parsed[0];
            }
        } catch (AddressException unreadable) {
            throw refusal(from, unreadable);
        }
        throw refusal(from, null);
    }

    /** What is wrong with an address to write to, for whoever typed it; null if nothing is. */
    static @Nullable String flawInAddress(String address) {
        String flaw = "must be plain mail addresses, such as security@example.com, of at most " + LONGEST_ADDRESS
                + " characters.";
        try {
            InternetAddress[] parsed = InternetAddress.parse(address, true);
            if (parsed.length != 1
                    || address.length() > LONGEST_ADDRESS
                    || !address.equals(parsed[0].getAddress())
                    || !PLAIN_ADDRESS.matcher(address).matches()) {
                return flaw;
            }
            parsed[0].validate();
            return null;
        } catch (AddressException unreadable) {
            return flaw;
        }
    }

    private static IllegalArgumentException refusal(String from, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "drawbridge.mail.from \"" + from
                        + "\" is no sender; expected one address, such as no-reply@example.com.",
                cause);
    }
}
