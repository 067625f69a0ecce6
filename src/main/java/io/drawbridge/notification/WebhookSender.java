package io.drawbridge.notification;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Daemons;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.NotificationChannels;
import io.drawbridge.organization.Seal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Posts to a tenant's webhook, signed; to one of Power Automate a card for Teams in the place of the event.
 *
 * <p>Connects to nothing but the addresses that {@link Perimeter} has looked at, by no proxy, follows no redirect, keeps no
 * cookie and no connection, and reads nothing of the answer but its status and when to come back. All of it together has to
 * end within the timeout, however slowly a receiver trickles.
 */
@Component
final class WebhookSender implements Sender, DisposableBean {
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    /** Of an answer; more than that breaks it off. */
    private static final int MOST_HEADERS = 100;

    private static final int LONGEST_LINE = 8192;

    private final NotificationChannels channels;
    private final Seal seal;
    private final Perimeter perimeter;
    private final ChannelProperties properties;
    private final CloseableHttpClient http;
    private final ScheduledThreadPoolExecutor watch;

    WebhookSender(NotificationChannels channels, Seal seal, Perimeter perimeter, ChannelProperties properties) {
        this.channels = channels;
        this.seal = seal;
        this.perimeter = perimeter;
        this.properties = properties;
        Timeout timeout = Timeout.of(properties.timeout());
        this.http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new OutsideOnly(perimeter))
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                                .http1Config(Http1Config.custom()
                                        .setMaxHeaderCount(MOST_HEADERS)
                                        .setMaxLineLength(LONGEST_LINE)
                                        .build())
                                .build())
                        .setMaxConnTotal(properties.concurrency())
                        .setMaxConnPerRoute(properties.concurrency())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(timeout)
                                .setSocketTimeout(timeout)
                                .build())
                        .setDefaultSocketConfig(
                                SocketConfig.custom().setSoTimeout(timeout).build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(timeout)
                        .setConnectionRequestTimeout(timeout)
                        .build())
                .setConnectionReuseStrategy((request, response, context) -> false)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("Drawbridge")
                .build();
        this.watch = new ScheduledThreadPoolExecutor(1, Daemons.named("drawbridge-webhook-watch"));
        this.watch.setRemoveOnCancelPolicy(true);
    }

    @Override
    public NotificationChannel.Kind kind() {
        return NotificationChannel.Kind.WEBHOOK;
    }

    @Override
    public @Nullable String flawIn(TenantId tenant, String target) {
        return perimeter.flawIn(target);
    }

    /** The host: the path of a webhook often is its password. */
    @Override
    public String shown(String target) {
        URI uri = URI.create(target);
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }

    @Override
    public Answer send(NotificationChannel channel, Dispatch dispatch, Instant now) {
        String target = channel.targets().get(0);
        String flaw = perimeter.flawIn(target);
        if (flaw != null) {
            // NB. What was allowed once need not be any more: the installation's settings and the name service change.
            return Answer.again("The address " + flaw);
        }
        HttpPost post = new HttpPost(URI.create(target));
        try {
            equip(post, channel, dispatch, now);
        } catch (IllegalStateException unreadable) {
            return Answer.again(String.valueOf(unreadable.getMessage()));
        }
        ScheduledFuture<?> deadline =
                watch.schedule(post::cancel, properties.timeout().toMillis(), TimeUnit.MILLISECONDS);
        try {
            Answer answer = answer(http.executeOpen(null, post, null), now);
            // NB. Closes the connection without reading the body; closing the answer would read it to its end.
            post.cancel();
            return answer;
        } catch (IOException | IllegalStateException failure) {
            return Answer.again(
                    post.isCancelled() || failure instanceof SocketTimeoutException
                            ? "The receiver did not answer within "
                                    + properties.timeout().toSeconds() + " s."
                            : reason(failure));
        } finally {
            deadline.cancel(false);
        }
    }

    private void equip(HttpPost post, NotificationChannel channel, Dispatch dispatch, Instant now) {
        NotificationChannels.Sealed sealed = channels.sealed(channel.id());
        String body = WorkflowCard.isFor(post.getAuthority().getHostName())
                ? WorkflowCard.of(dispatch.body())
                : dispatch.body();
        if (sealed.headers() != null) {
            seal.open(sealed.headers(), channel.id())
                    .lines()
                    .map(line -> line.split(": ", 2))
                    .forEach(header -> post.setHeader(header[0], header[1]));
        }
        if (sealed.secret() == null) {
            throw new IllegalStateException("The channel has no secret to sign with; give it one.");
        }
        post.setHeader("X-Drawbridge-Event", dispatch.event());
        post.setHeader("X-Drawbridge-Event-Id", dispatch.id());
        post.setHeader(
                WebhookSignature.HEADER, WebhookSignature.of(seal.open(sealed.secret(), channel.id()), now, body));
        post.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
    }

    private static Answer answer(HttpResponse response, Instant now) {
        int status = response.getCode();
        if (status >= 200 && status < 300) {
            return Answer.taken();
        }
        String reason = "The receiver answered " + status + ".";
        return switch (status) {
            case 410 -> new Answer(Outcome.GONE, "The receiver answered 410 Gone.", null);
            case 400, 413, 414, 415, 422 -> new Answer(Outcome.REFUSED, reason, null);
            case 301, 302, 303, 307, 308 ->
                Answer.again("The receiver answered " + status + "; redirects are not followed.");
            default -> new Answer(Outcome.AGAIN, reason, pause(response.getFirstHeader("Retry-After"), now));
        };
    }

    /** RFC 9110, 10.2.3: seconds, or a date. Whoever asks for longer is asked again after an hour. */
    private static @Nullable Duration pause(@Nullable Header retryAfter, Instant now) {
        if (retryAfter == null) {
            return null;
        }
        String text = retryAfter.getValue().strip();
        try {
            Duration asked = text.matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(text))
                    : Duration.between(
                            now,
                            ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
            return asked.isNegative() ? Duration.ZERO : asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    /** By its kind only: the text of a failure may say which addresses were tried. */
    private static String reason(Exception failure) {
        if (failure instanceof UnknownHostException) {
            return "The address " + Perimeter.NOT_REACHED;
        }
        if (failure instanceof SSLException) {
            return "The receiver cannot be trusted: its certificate is none for this host, or it speaks no TLS.";
        }
        return "The receiver cannot be reached, or broke off.";
    }

    @Override
    public void destroy() throws IOException {
        watch.shutdownNow();
        http.close();
    }

    /** Resolves for the client itself, so that it connects to what was looked at. */
    private record OutsideOnly(Perimeter perimeter) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            return perimeter.resolve(host);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
