package io.drawbridge.notification;

import java.net.InetAddress;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mail.javamail.JavaMailSender;

/** Puts outbox and couriers together, one courier for each way out of the house. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    AddressProperties.class,
    ChannelProperties.class,
    MailProperties.class,
    NotificationProperties.class
})
class NotificationConfiguration {

    /** Whoever has mail to carry; without a mail server nobody, and every notice counts as delivered on the Notices page. */
    @Bean
    Courier mailCourier(
            Outbox outbox,
            ChannelFailures channels,
            LetterPress press,
            ObjectProvider<JavaMailSender> mail,
            MailProperties sender,
            AddressProperties address,
            NotificationProperties properties,
            Clock clock) {
        JavaMailSender server = mail.getIfAvailable();
        return server == null
                ? Courier.NOBODY
                : new MailCourier(outbox, channels, press, server, sender.sender(), address, properties, clock);
    }

    /** The name service of the machine. */
    @Bean
    Lookup lookup() {
        return InetAddress::getAllByName;
    }
}
