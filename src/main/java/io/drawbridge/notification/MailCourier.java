package io.drawbridge.notification;

import io.drawbridge.operations.Mention;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.mail.MailAuthenticationException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;

/**
 * Sends what is due by mail, and tries again for as long as it takes.
 *
 * <p>A notice goes out once: a node claims it before it sends, by one conditional update. Only a node that dies between the
 * mail server's yes and our note of it leaves the mail to be sent a second time, after the lease, under the same
 * Message-ID.
 */
final class MailCourier implements Courier {
    private static final Logger LOG = LoggerFactory.getLogger(MailCourier.class);

    /** Mail servers repeat the address that they refuse; in the log the notice's id is enough. */
    private static final Pattern ADDRESS = Pattern.compile("[^\\s<>\"(]+@[^\\s<>\"):;,]+");

    /** Notices tried in one round; the next round follows at once if there are more. */
    private static final int ROUND = 100;

    private final Outbox outbox;
    private final ChannelFailures channels;
    private final LetterPress press;
    private final JavaMailSender server;
    private final InternetAddress from;
    private final String host;
    private final NotificationProperties properties;
    private final Clock clock;

    MailCourier(
            Outbox outbox,
            ChannelFailures channels,
            LetterPress press,
            JavaMailSender server,
            InternetAddress from,
            AddressProperties address,
            NotificationProperties properties,
            Clock clock) {
        this.outbox = outbox;
        this.channels = channels;
        this.press = press;
        this.server = server;
        this.from = from;
        this.host = address.baseUrl().getHost();
        this.properties = properties;
        this.clock = clock;
        if (server instanceof JavaMailSenderImpl impl) {
            limitWaiting(impl.getJavaMailProperties(), properties.timeout());
        }
    }

    @Override
    public boolean carries(Transport transport) {
        return transport == Transport.MAIL;
    }

    /** Ends early when the mail server does not answer: what is left stays due, and nothing of it counts as a failure. */
    @Override
    @SuppressWarnings("try") // What is mentioned counts by being open.
    public int round() {
        int sent = 0;
        for (String id : outbox.due(Transport.MAIL, clock.instant(), ROUND)) {
            Optional<Outbox.Parcel> claimed = outbox.claim(id, clock.instant(), properties.lease());
            if (claimed.isEmpty()) {
                continue;
            }
            Outbox.Parcel parcel = claimed.get();
            try (Mention about = Mention.open().of(parcel.tenant()).of(parcel.request())) {
                try {
                    server.send(message(parcel));
                } catch (MessagingException | RuntimeException failure) {
                    failed(parcel, failure);
                    if (concernsTheServer(failure)) {
                        break;
                    }
                    continue;
                }
                outbox.sent(id, clock.instant());
                if (parcel.channel() != null) {
                    channels.succeeded(parcel.channel());
                }
                LOG.debug("Notice {} ({}) was sent.", parcel.id(), parcel.kind());
            }
            sent++;
        }
        return sent;
    }

    private MimeMessage message(Outbox.Parcel parcel) throws MessagingException {
        MimeMessage message = server.createMimeMessage();
        MimeMessageHelper helper =
                new MimeMessageHelper(message, MimeMessageHelper.MULTIPART_MODE_MIXED, StandardCharsets.UTF_8.name());
        helper.setFrom(from);
        helper.setTo(new InternetAddress(parcel.address(), true));
        helper.setSubject(parcel.subject().replaceAll("[\\r\\n]+", " "));
        String words = parcel.words();
        String html = words == null ? parcel.html() : press.html(words);
        if (html == null) {
            helper.setText(parcel.text());
        } else {
            helper.setText(parcel.text(), html);
        }
        helper.setSentDate(Date.from(clock.instant()));
        message.setHeader("Message-ID", "<" + parcel.id() + "@" + host + ">");
        // RFC 3834, section 5: no out-of-office reply is wanted.
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setHeader("X-Drawbridge-Kind", parcel.kind());
        return message;
    }

    private void failed(Outbox.Parcel parcel, Exception failure) {
        Duration pause = properties.pauseAfter(parcel.attempts());
        Instant next = clock.instant().plus(pause);
        outbox.failed(parcel.id(), reason(failure), next);
        String channel = parcel.channel();
        if (channel != null && !concernsTheServer(failure)) {
            // NB. A mail server that is down is no fault of a mail list, and stops none.
            channels.failed(parcel.tenant(), channel, reason(failure), pause, true);
        }
        if (parcel.attempts() == 0) {
            LOG.warn(
                    "Notice {} ({}) could not be sent and is tried again until it can: {}",
                    parcel.id(),
                    parcel.kind(),
                    ADDRESS.matcher(reason(failure)).replaceAll("an address"));
        } else {
            LOG.debug(
                    "Notice {} has failed {} times and is tried again at {}.",
                    parcel.id(),
                    parcel.attempts() + 1,
                    next);
        }
    }

    /** Whether the next notice would fail the same way; Spring gives a cause only to failures of the connection. */
    private static boolean concernsTheServer(Exception failure) {
        return failure instanceof MailAuthenticationException
                || (failure instanceof MailSendException && failure.getCause() != null);
    }

    private static String reason(Exception failure) {
        if (failure instanceof MailSendException sending && sending.getMessageExceptions().length > 0) {
            return String.valueOf(sending.getMessageExceptions()[0]);
        }
        return String.valueOf(failure.getMessage());
    }

    /** JavaMail waits for ever where nobody says otherwise; what the installation has set stands. */
    private static void limitWaiting(Properties mail, Duration timeout) {
        for (String protocol : new String[] {"smtp", "smtps"}) {
            for (String wait : new String[] {"connectiontimeout", "timeout", "writetimeout"}) {
                mail.putIfAbsent("mail." + protocol + "." + wait, String.valueOf(timeout.toMillis()));
            }
        }
    }
}
