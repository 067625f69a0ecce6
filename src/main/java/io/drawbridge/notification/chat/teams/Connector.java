package io.drawbridge.notification.chat.teams;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.drawbridge.notification.chat.ChatFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * Calls the Bot Connector, version 3 of its REST protocol, with the bot's own token.
 *
 * <p>Sends nothing, and the token least of all, to an address that is not on the list. Says of each failure whether the
 * message may have been taken, since the connector has no key by which it would know a message again.
 */
final class Connector {
    /** Longest time that the connector is left alone at its own wish. */
    private static final Duration LONGEST_WISH = Duration.ofMinutes(15);

    private static final Duration TOKEN_RESERVE = Duration.ofMinutes(5);
    private static final Duration SHORTEST_TOKEN = Duration.ofSeconds(30);
    private static final int MOST_BYTES = 256 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TeamsProperties properties;
    private final Duration timeout;
    private final Clock clock;
    private final HttpClient http;
    private @Nullable Token token;

    Connector(TeamsProperties properties, Duration timeout, Clock clock) {
        this.properties = properties;
        this.timeout = timeout;
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                // NB. The offer to upgrade to HTTP/2 makes some servers drop the connection.
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    private record Token(String value, Instant until) {
        /** The token is a secret. */
        @Override
        public String toString() {
            return "Token[until=" + until + "]";
        }
    }

    private record Answer(int status, JsonNode body, @Nullable String retryAfter) {}

    /**
     * Opens the private chat of the bot with somebody who has the bot; the same each time.
     *
     * @param user how Teams calls the account, or its id in Entra
     * @return id of the conversation
     */
    String open(String serviceUrl, String organisation, String user) throws ChatFailure {
        var asked = JSON.createObjectNode();
        asked.put("isGroup", false);
        asked.putObject("bot").put("id", "28:" + properties.appId());
        asked.putArray("members").addObject().put("id", user);
        asked.put("tenantId", organisation);
        asked.putObject("channelData").putObject("tenant").put("id", organisation);
        JsonNode answer = call("POST", serviceUrl, "v3/conversations", asked, true);
        return demandId(answer, "conversation");
    }

    /** Posts an activity; returns the id of the message. */
    String post(String serviceUrl, String conversation, JsonNode activity) throws ChatFailure {
        return demandId(
                call("POST", serviceUrl, "v3/conversations/" + part(conversation) + "/activities", activity, false),
                "message");
    }

    /** Puts an activity in the place of a message; doing it again changes nothing. */
    void replace(String serviceUrl, String conversation, String message, JsonNode activity) throws ChatFailure {
        call(
                "PUT",
                serviceUrl,
                "v3/conversations/" + part(conversation) + "/activities/" + part(message),
                activity,
                true);
    }

    /** What Teams says of a member of a conversation. */
    JsonNode member(String serviceUrl, String conversation, String user) throws ChatFailure {
        return call("GET", serviceUrl, "v3/conversations/" + part(conversation) + "/members/" + part(user), null, true);
    }

    private static String demandId(JsonNode answer, String what) throws ChatFailure {
        String id = answer.path("id").asText("");
        if (id.isBlank() || id.length() > 500) {
            throw ChatFailure.of(ChatFailure.Kind.UNKNOWN, "Teams did not say which " + what + " it has made.", null);
        }
        return id;
    }

    /**
     * One call.
     *
     * @param repeatable whether doing it twice does what doing it once does, so that a lost answer costs nothing
     */
    private JsonNode call(String method, String serviceUrl, String path, @Nullable JsonNode body, boolean repeatable)
            throws ChatFailure {
        if (!properties.lists(serviceUrl)) {
            throw ChatFailure.of(
                    ChatFailure.Kind.MESSAGE,
                    "The service URL \"" + serviceUrl + "\" is not on the list drawbridge.teams.service-urls.",
                    null);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create((serviceUrl.endsWith("/") ? serviceUrl : serviceUrl + "/") + path))
                .timeout(timeout)
                .header("Accept", "application/json");
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json; charset=utf-8")
                    .method(method, HttpRequest.BodyPublishers.ofString(body.toString()));
        }
        Answer answer =
                send(request.setHeader("Authorization", "Bearer " + token()).build(), "Teams", repeatable);
        if (answer.status() == 401) {
            // A token can be taken back before its end; what was refused for it was not done.
            forgetToken();
            answer =
                    send(request.setHeader("Authorization", "Bearer " + token()).build(), "Teams", repeatable);
        }
        if (answer.status() / 100 != 2) {
            throw refused(answer, method, repeatable);
        }
        return answer.body();
    }

    private ChatFailure refused(Answer answer, String method, boolean repeatable) {
        String code = answer.body().at("/error/code").asText("");
        String why = "Teams answered " + answer.status() + (code.isEmpty() ? "" : " (" + printed(code) + ")") + ".";
        return switch (answer.status()) {
            case 401 ->
                ChatFailure.of(ChatFailure.Kind.WORKSPACE, why + " Look at the bot's application id and secret.", null);
            // NB. Not allowed to write there: the bot was not added, was blocked, or may not be used by that person.
            case 403, 404, 410 -> ChatFailure.of(ChatFailure.Kind.GONE, why, null);
            case 413 -> ChatFailure.of(ChatFailure.Kind.GONE, why + " The message is too large for Teams.", null);
            case 412, 429, 503 -> {
                Duration wish = wish(answer.retryAfter());
                yield wish == null
                        ? ChatFailure.of(ChatFailure.Kind.WORKSPACE, why, null)
                        : ChatFailure.tooMuch(why, wish);
            }
            default -> {
                boolean known = repeatable || answer.status() < 500 || method.equals("GET");
                yield ChatFailure.of(
                        answer.status() < 500
                                ? ChatFailure.Kind.MESSAGE
                                : known ? ChatFailure.Kind.WORKSPACE : ChatFailure.Kind.UNKNOWN,
                        why,
                        null);
            }
        };
    }

    /** Seconds or a date (RFC 9110, section 10.2.3), a quarter of an hour at most; null if it cannot be read. */
    private @Nullable Duration wish(@Nullable String header) {
        if (header == null) {
            return null;
        }
        try {
            Duration wish = header.strip().matches("\\d{1,6}")
                    ? Duration.ofSeconds(Long.parseLong(header.strip()))
                    : Duration.between(
                            clock.instant(), ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME));
            return wish.isNegative() ? Duration.ZERO : wish.compareTo(LONGEST_WISH) > 0 ? LONGEST_WISH : wish;
        } catch (DateTimeParseException unreadable) {
            return null;
        }
    }

    /** The bot's token, kept until shortly before its end. */
    private synchronized String token() throws ChatFailure {
        Token known = token;
        if (known != null && clock.instant().isBefore(known.until())) {
            return known.value();
        }
        String form = "grant_type=client_credentials&client_id=" + part(properties.appId()) + "&client_secret="
                + part(properties.appSecret()) + "&scope=" + part(properties.scope());
        Answer answer = send(
                HttpRequest.newBuilder(tokenUrl())
                        .timeout(timeout)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                "Microsoft Entra",
                true);
        String value = answer.body().path("access_token").asText("");
        if (answer.status() != 200 || value.isBlank()) {
            String code = answer.body().path("error").asText("");
            Duration wish = wish(answer.retryAfter());
            String why = "Microsoft Entra gave the bot no token: " + answer.status()
                    + (code.isEmpty() ? "" : " (" + printed(code) + ")") + ".";
            throw wish == null ? ChatFailure.of(ChatFailure.Kind.WORKSPACE, why, null) : ChatFailure.tooMuch(why, wish);
        }
        Duration life = Duration.ofSeconds(answer.body().path("expires_in").asLong(0));
        Duration used = life.minus(TOKEN_RESERVE);
        Token got =
                new Token(value, clock.instant().plus(used.compareTo(SHORTEST_TOKEN) < 0 ? life.dividedBy(2) : used));
        token = got;
        return got.value();
    }

    private URI tokenUrl() {
        URI address = properties.tokenUrl();
        if (address == null) {
            throw new IllegalStateException("The configuration fills in where tokens come from.");
        }
        return address;
    }

    private synchronized void forgetToken() {
        token = null;
    }

    /** Sends it; what goes wrong on the way says nothing of what was sent, which holds secrets. */
    private Answer send(HttpRequest request, String whom, boolean repeatable) throws ChatFailure {
        try {
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return new Answer(
                        response.statusCode(),
                        read(body.readNBytes(MOST_BYTES)),
                        response.headers().firstValue("Retry-After").orElse(null));
            }
        } catch (ConnectException | HttpConnectTimeoutException | UnresolvedAddressException unreachable) {
            throw ChatFailure.of(ChatFailure.Kind.WORKSPACE, whom + " cannot be reached.", unreachable);
        } catch (IOException lost) {
            throw ChatFailure.of(
                    repeatable ? ChatFailure.Kind.WORKSPACE : ChatFailure.Kind.UNKNOWN,
                    whom + " did not answer: " + lost.getClass().getSimpleName() + ".",
                    lost);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw ChatFailure.of(ChatFailure.Kind.UNKNOWN, "Drawbridge stopped while it waited.", interrupted);
        }
    }

    private static JsonNode read(byte[] body) throws IOException {
        try {
            JsonNode read = body.length == 0 ? null : JSON.readTree(body);
            return read == null ? MissingNode.getInstance() : read;
        } catch (JsonProcessingException page) {
            return MissingNode.getInstance();
        }
    }

    private static String printed(String code) {
        String plain = code.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= 100 ? plain : plain.substring(0, 100);
    }

    private static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
