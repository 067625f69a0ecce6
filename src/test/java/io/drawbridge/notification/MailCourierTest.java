package io.drawbridge.notification;

import static io.drawbridge.notification.PostOffice.ALICE;
import static io.drawbridge.notification.PostOffice.BOB;
import static io.drawbridge.notification.PostOffice.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.NoticeBoard.Notice;
import jakarta.mail.Message;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MailCourierTest {
    private GreenMail mail;
    private PostOffice office;

    @BeforeEach
    void open() {
        mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        office = PostOffice.withMailTo(mail.getSmtp().getPort());
    }

    @AfterEach
    void close() {
        office.close();
        mail.stop();
    }

    @Test
    void sendsTextAndHtmlToThePersonItIsFor() throws Exception {
        AccessRequest request = tell("Clean up");

        int sent = office.courier().round();

        assertThat(sent).isEqualTo(2);
        MimeMessage message = mailTo(BOB.value());
        assertThat(message.getFrom()[0]).hasToString("Drawbridge <no-reply@drawbridge.example.com>");
        assertThat(message.getSubject())
                .isEqualTo("Please decide: alice@acme.example asks for s3:DeleteBucket in payments-prod");
        assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(content(message))
                .contains("text/plain", "text/html", request.id().value());
        assertThat(notice().sentAt()).isEqualTo(office.clock.instant());
    }

    @Test
    @DisplayName("R62 R3 a mail server that is down for an hour loses no mail and sends none twice")
    void serverDownForAnHourLosesNothing() {
        int port = mail.getSmtp().getPort();
        mail.stop();
        tell("First");
        for (Duration down = Duration.ZERO; down.compareTo(Duration.ofHours(1)) < 0; down = down.plusMinutes(1)) {
            office.courier().round();
            office.clock.moveBy(Duration.ofMinutes(1));
        }
        tell("Second");
        assertThat(notice().sentAt()).isNull();
        assertThat(office.noticesOf(BOB)).allMatch(notice -> notice.sentAt() == null);
        assertThat(office.noticesOf(BOB).get(1).attempts()).isPositive();
        assertThat(office.noticesOf(BOB).get(1).failure()).contains("connect");

        mail = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        for (int round = 0; round < 10; round++) {
            office.courier().round();
            office.clock.moveBy(Duration.ofMinutes(1));
        }

        assertThat(mail.getReceivedMessages()).hasSize(4);
        assertThat(office.noticesOf(BOB))
                .hasSize(2)
                .allMatch(notice -> notice.sentAt() != null && notice.failure() == null);
    }

    @Test
    @DisplayName("R62 an address that never works does not keep others from theirs, and is tried for ever")
    void badAddressBlocksNobody() {
        office.database()
                .sql("update person set email = 'no address at all' where id = ?")
                .param(BOB.value())
                .update();
        tell("Clean up");

        for (int round = 0; round < 50; round++) {
            office.courier().round();
            office.clock.moveBy(Duration.ofMinutes(10));
        }

        assertThat(mail.getReceivedMessages()).hasSize(1);
        assertThat(office.noticesOf(CAROL).get(0).sentAt()).isNotNull();
        assertThat(notice().sentAt()).isNull();
        assertThat(notice().attempts()).isEqualTo(50);
        assertThat(notice().failure()).isNotBlank();
    }

    @Test
    void waitsLongerAfterEachFailureUpToFiveMinutes() {
        mail.stop();
        tell("Clean up");
        Set<Integer> afterTenMinutes = new HashSet<>();

        for (int second = 0; second < 3600; second++) {
            office.courier().round();
            office.clock.moveBy(Duration.ofSeconds(1));
            if (second == 600) {
                afterTenMinutes.add(notice().attempts());
            }
        }

        assertThat(afterTenMinutes).allMatch(attempts -> attempts >= 5 && attempts <= 12);
        assertThat(notice().attempts()).isBetween(15, 36);
    }

    @Test
    void twoNodesSendEachMailOnce() throws Exception {
        for (int each = 0; each < 20; each++) {
            tell("Clean up " + each);
        }
        ExecutorService nodes = Executors.newFixedThreadPool(2);
        try {
            Callable<Integer> node = () -> office.courier().round();

            List<Future<Integer>> rounds = nodes.invokeAll(List.of(node, node));

            assertThat(rounds.get(0).get() + rounds.get(1).get()).isEqualTo(40);
            assertThat(mail.getReceivedMessages()).hasSize(40);
        } finally {
            nodes.shutdownNow();
        }
    }

    @Test
    void noticeOfANodeThatDiedIsSentAfterItsLease() {
        tell("Clean up");
        office.outbox().due(Transport.MAIL, office.clock.instant(), 10).forEach(id -> office.outbox()
                .claim(id, office.clock.instant(), Duration.ofMinutes(10)));

        assertThat(office.courier().round()).isZero();
        office.clock.moveBy(Duration.ofMinutes(10));

        assertThat(office.courier().round()).isEqualTo(2);
    }

    @Test
    @DisplayName("R16 a disabled service is told in chat, never by mail")
    void disabledServiceIsNotMailed() {
        office.committing(() -> office.requests().serviceDisabled(PostOffice.ACME, BOB, "gamelift", "111122223333"));

        assertThat(office.courier().round()).isZero();
        assertThat(notice().sentAt()).isNotNull();
    }

    @Test
    void nothingThatStrangersWroteBecomesAHeader() throws Exception {
        office.committing(() -> office.requests()
                .cannotHelp(
                        PostOffice.ACME,
                        BOB,
                        "s3:DeleteBucket\r\nBcc: mallory@acme.example\r\n\r\nforged",
                        "111122223333\nX-Forged: yes",
                        "a session policy"));

        office.courier().round();

        assertThat(mail.getReceivedMessages()).hasSize(1);
        MimeMessage message = mail.getReceivedMessages()[0];
        assertThat(message.getHeader("Bcc")).isNull();
        assertThat(message.getHeader("X-Forged")).isNull();
        assertThat(message.getSubject())
                .isEqualTo(
                        "No approval can help: s3:DeleteBucket Bcc: mallory@acme.example forged in 111122223333 X-Forged: yes");
    }

    @Test
    @DisplayName("R62 whoever has muted mail, or the scope, gets none, but for what is loud; the page shows everything")
    void mutesAreKept() {
        office.database()
                .sql(
                        "insert into notice_mute (person_id, kind, name) values (?, 'CHANNEL', 'mail'), (?, 'SCOPE', 'r-acme')")
                .params(BOB.value(), CAROL.value())
                .update();
        AccessRequest request = tell("Clean up");

        assertThat(office.courier().round()).isZero();
        assertThat(notice().sentAt()).isNotNull();
        assertThat(office.noticesOf(CAROL)).hasSize(1);

        office.committing(() -> office.requests().breakGlass(request, List.of(BOB, CAROL)));
        assertThat(office.courier().round()).isEqualTo(2);
    }

    private AccessRequest tell(String justification) {
        AccessRequest request = office.request(justification);
        request.sendToApprovers(office.clock.instant());
        office.committing(() -> office.requests().askToDecide(request, List.of(BOB, CAROL)));
        assertThat(office.noticesOf(ALICE)).isEmpty();
        return request;
    }

    private Notice notice() {
        return office.noticesOf(BOB).get(0);
    }

    private MimeMessage mailTo(String address) {
        return Arrays.stream(mail.getReceivedMessages())
                .filter(message -> {
                    try {
                        return message.getRecipients(Message.RecipientType.TO)[0]
                                .toString()
                                .equals(address);
                    } catch (jakarta.mail.MessagingException unreadable) {
                        throw new AssertionError(unreadable);
                    }
                })
                .findFirst()
                .orElseThrow();
    }

    private static String content(MimeMessage message) throws Exception {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        assertThat(message.getContent()).isInstanceOf(MimeMultipart.class);
        message.writeTo(bytes);
        return bytes.toString(java.nio.charset.StandardCharsets.UTF_8);
    }
}
