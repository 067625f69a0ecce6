package io.drawbridge.notification;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How mail is written. Whether any is sent is decided by spring.mail.host.
 *
 * @param from sender of every mail: an address, or a name with an address, such as Drawbridge &lt;no-reply@example.com&gt;
 */
@ConfigurationProperties("drawbridge.mail")
record MailProperties(@DefaultValue("Drawbridge <drawbridge@localhost>") String from) {
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

    private static IllegalArgumentException refusal(String from, @org.jspecify.annotations.Nullable Throwable cause) {
        return new IllegalArgumentException(
                "drawbridge.mail.from \"" + from
                        + "\" is no sender; expected one address, such as no-reply@example.com.",
                cause);
    }
}
