package io.drawbridge.notification.chat.slack;

import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.util.http.SlackHttpClient;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.notification.NotificationProperties;
import io.drawbridge.notification.chat.ChatReaches;
import io.drawbridge.notification.chat.Conversation;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Slack is there exactly if its signing secret is configured. */
@Configuration(proxyBeanMethods = false)
@Conditional(SlackConfiguration.IsConfigured.class)
@EnableConfigurationProperties(SlackProperties.class)
class SlackConfiguration {
    /** How long Slack may take while somebody waits for a form: he has three seconds, from the click on. */
    private static final Duration WHILE_SOMEBODY_WAITS = Duration.ofSeconds(2);

    /** A blank secret, as templates leave it, is none. */
    static final class IsConfigured implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return StringUtils.hasText(context.getEnvironment().getProperty("drawbridge.slack.signing-secret"));
        }
    }

    @Bean
    SlackLine slackLine(SlackProperties properties, NotificationProperties notification, ChatReaches reaches) {
        return new SlackLine(
                properties,
                client(properties, notification.timeout()),
                client(properties, WHILE_SOMEBODY_WAITS),
                reaches);
    }

    @Bean
    SlackDoor slackDoor(SlackProperties properties, Conversation conversation, ChatAccountDesk accounts, Clock clock) {
        return new SlackDoor(properties, client(properties, WHILE_SOMEBODY_WAITS), conversation, accounts, clock);
    }

    private static Slack client(SlackProperties properties, Duration timeout) {
        SlackConfig config = new SlackConfig();
        config.setMethodsEndpointUrlPrefix(properties.apiUrl().toString());
        config.setPrettyResponseLoggingEnabled(false);
        config.setStatsEnabled(false);
        config.setHttpClientCallTimeoutMillis(Math.toIntExact(timeout.toMillis()));
        // NB. Not a second time behind our back: a message whose answer was lost may have been posted.
        return Slack.getInstance(
                config,
                new SlackHttpClient(SlackHttpClient.buildOkHttpClient(config)
                        .newBuilder()
                        .retryOnConnectionFailure(false)
                        .build()));
    }
}
