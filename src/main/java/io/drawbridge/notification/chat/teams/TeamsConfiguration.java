package io.drawbridge.notification.chat.teams;

import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.notification.NotificationProperties;
import io.drawbridge.notification.chat.ChatReaches;
import io.drawbridge.notification.chat.Conversation;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Teams is there exactly if the bot's application id is configured. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("!'${drawbridge.teams.app-id:}'.isBlank()")
@EnableConfigurationProperties(TeamsProperties.class)
class TeamsConfiguration {
    /** How long Teams may take while somebody waits for an answer: the connector gives up on us after 15 seconds. */
    private static final Duration WHILE_SOMEBODY_WAITS = Duration.ofSeconds(5);

    @Bean
    TeamsLine teamsLine(
            TeamsProperties properties, NotificationProperties notification, ChatReaches reaches, Clock clock) {
        return new TeamsLine(properties, new Connector(properties, notification.timeout(), clock), reaches);
    }

    @Bean
    TeamsDoor teamsDoor(
            TeamsProperties properties,
            Conversation conversation,
            ChatAccountDesk accounts,
            ChatDirectory directory,
            ChatReaches reaches,
            Clock clock) {
        return new TeamsDoor(
                properties,
                new TeamsTokens(properties, clock),
                new Connector(properties, WHILE_SOMEBODY_WAITS, clock),
                conversation,
                accounts,
                directory,
                reaches);
    }
}
