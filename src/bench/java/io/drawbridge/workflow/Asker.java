package io.drawbridge.workflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An engineer of the demo who has signed in once and asks for access, with the cookie and the token of his session. */
final class Asker {
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final HttpClient client =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final URI house;
    private final String token;

    /**
     * Signs in.
     *
     * @throws IllegalStateException if he is not let in
     */
    Asker(URI house, String name) {
        this.house = house;
        String form = "username=" + name + "&password=" + name + "&_csrf="
                + URLEncoder.encode(token(page("/login")), StandardCharsets.UTF_8);
        send(HttpRequest.newBuilder(house.resolve("/login"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
        this.token = token(page("/requests/new"));
    }

    /** Posts a request; what comes back is the answer to it. */
    HttpResponse<String> ask(String body) {
        return send(HttpRequest.newBuilder(house.resolve("/v1/requests"))
                .header("Content-Type", "application/json")
                .header("X-CSRF-TOKEN", token)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private String page(String path) {
        return send(HttpRequest.newBuilder(house.resolve(path)).header("Accept", "text/html"))
                .body();
    }

    private static String token(String page) {
        Matcher found = TOKEN.matcher(page);
        if (!found.find()) {
            throw new IllegalStateException("There is no token in the page: " + page);
        }
        return found.group(1);
    }

    private HttpResponse<String> send(HttpRequest.Builder call) {
        try {
            return client.send(call.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while asking.", interrupted);
        }
    }
}
