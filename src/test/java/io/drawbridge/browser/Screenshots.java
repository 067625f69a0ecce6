package io.drawbridge.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.ScreenshotAnimations;
import io.drawbridge.Drawbridge;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.stage.SlackEmulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Takes the pictures in {@code docs/screens}: every page, on a desktop and on a phone, of a demo with some requests in it.
 *
 * <p>By hand: {@code ./mvnw -q test-compile exec:java -Dexec.classpathScope=test
 * -Dexec.mainClass=io.drawbridge.browser.Screenshots}, with the emulator of Slack installed
 * ({@code npm ci --prefix tools/slack-emulator}). A page that does not exist is named and left out.
 */
public final class Screenshots {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int TALLEST = 1800;

    private final String home;
    private final Path folder;
    private final ChatAccountDesk accounts;
    private final List<String> missing = new ArrayList<>();

    private Screenshots(String home, Path folder, ChatAccountDesk accounts) {
        this.home = home;
        this.folder = folder;
        this.accounts = accounts;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments.length > 0 ? arguments[0] : "docs/screens");
        Files.createDirectories(folder);
        SpringApplication application = new SpringApplication(Drawbridge.class);
        application.setAdditionalProfiles("demo");
        try (ConfigurableApplicationContext running = application.run(
                        "--server.port=0",
                        "--spring.datasource.url=jdbc:h2:mem:screens;LOCK_TIMEOUT=10000;DB_CLOSE_DELAY=-1",
                        "--drawbridge.cloud.dry-run.confirm-after=0s",
                        "--drawbridge.channels.allow-inside=localhost",
                        "--drawbridge.slack.api-url=" + SlackEmulator.line().endpoint() + "/api/",
                        "--drawbridge.slack.signing-secret=" + SlackEmulator.SIGNING_SECRET,
                        "--drawbridge.slack.workspaces[0].id=" + SlackEmulator.WORKSPACE,
                        "--drawbridge.slack.workspaces[0].name=Acme",
                        "--drawbridge.slack.workspaces[0].tenant=acme",
                        "--drawbridge.slack.workspaces[0].bot-token=" + SlackEmulator.TOKEN);
                Chromium chromium = Chromium.launch()) {
            int port = ((ServletWebServerApplicationContext) running)
                    .getWebServer()
                    .getPort();
            new Screenshots("http://127.0.0.1:" + port, folder, running.getBean(ChatAccountDesk.class)).take(chromium);
        } finally {
            // Its threads would keep this program.
            SlackEmulator.line().close();
        }
    }

    private void take(Chromium chromium) throws IOException, InterruptedException {
        for (Chromium.Window window : Chromium.Window.values()) {
            picture(signedIn(chromium, window, "alice"), "/requests", "first-visit" + suffix(window));
        }
        String pending =
                ask("alice", "111122223333", "s3:DeleteBucket", "PT2H", "Bucket of the year 2019, ticket CHG-77.");
        ask("mallory", "111122223333", "rds:DeleteDBInstance", "PT1H", "The old replica is not needed any more.");
        String denied = ask("alice", "111122223333", "kms:ScheduleKeyDeletion", "PT1H", "Key of a closed project.");
        post(
                "bob",
                "/v1/requests/" + denied + "/deny",
                Map.of("message", "Keys stay for 90 days; ask again in March."));
        String active = ask("alice", "444455556666", "ec2:TerminateInstances", "PT4H", "Clean up after the load test.");
        post("alice", "/v1/requests/" + pending + "/messages", Map.of("body", "It is empty since last week."));
        post("bob", "/v1/requests/" + pending + "/messages", Map.of("body", "Who else used it?"));
        call("intake", "/v1/events/cloudtrail", Files.readString(Path.of("samples/denied-s3-delete-bucket.json")));

        SlackEmulator slack = SlackEmulator.server();
        Page connecting = signedIn(chromium, Chromium.Window.DESKTOP, "bob");
        connecting.navigate(home + "/chat/connect/" + linkFor(slack, "bob"));
        connecting.getByText("Yes, it is mine").click();
        post(
                "erin",
                "/v1/notification-channels",
                Map.of("name", "Alarms", "kind", "webhook", "url", "https://localhost/hooks/drawbridge"));

        for (Chromium.Window window : Chromium.Window.values()) {
            String size = suffix(window);
            Page nobody = chromium.person(window);
            picture(nobody, "/login", "login" + size);

            Page bob = withoutGuide(signedIn(chromium, window, "bob"));
            picture(bob, "/requests", "requests" + size);
            picture(bob, "/requests/" + pending, "request" + size);
            picture(bob, "/notices", "notices" + size);
            picture(bob, "/chat", "chat" + size);

            Page alice = withoutGuide(signedIn(chromium, window, "alice"));
            picture(alice, "/requests", "requests-of-a-requester" + size);
            picture(alice, "/chat/connect/" + linkFor(slack, "alice"), "chat-connect" + size);
            picture(alice, "/requests/" + active, "request-approved" + size);
            picture(
                    alice,
                    "/requests/new?account=111122223333&permission=s3:DeleteBucket&duration=PT2H",
                    "new-request" + size);

            Page erin = signedIn(chromium, window, "erin");
            for (String page : List.of(
                    "grants", "organization", "policies", "audit", "drift", "channels", "settings", "api-keys")) {
                picture(erin, "/" + page, page + size);
            }

            Page oscar = signedIn(chromium, window, "oscar");
            picture(oscar, "/operations", "operations" + size);
            picture(oscar, "/operations/requests/" + active, "operations-history" + size);
        }
        if (!missing.isEmpty()) {
            System.out.println("Left out, because they do not exist: " + String.join(", ", missing));
        }
    }

    /** The secret of a link that connects the Slack account of that person. */
    private String linkFor(SlackEmulator slack, String person) {
        return accounts.invite(
                new ChatAccount(ChatPlatform.SLACK, SlackEmulator.WORKSPACE, slack.userWith(person + "@acme.example")));
    }

    private static String suffix(Chromium.Window window) {
        return window == Chromium.Window.DESKTOP ? "" : "-phone";
    }

    private Page signedIn(Chromium chromium, Chromium.Window window, String person) {
        Page page = chromium.person(window);
        page.navigate(home + "/login");
        page.fill("#username", person);
        page.fill("#password", person);
        page.click("form[action='/login'] button[type=submit]");
        return page;
    }

    private static Page withoutGuide(Page page) {
        page.getByText("Close this guide").click();
        return page;
    }

    private void picture(Page page, String path, String name) {
        Response answer = page.navigate(home + path);
        if (answer == null || answer.status() != 200) {
            missing.add(path);
            return;
        }
        page.waitForLoadState(LoadState.LOAD);
        int height = (int) page.evaluate("document.documentElement.scrollHeight");
        int width = page.viewportSize().width;
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(folder.resolve(name + ".png"))
                .setAnimations(ScreenshotAnimations.DISABLED)
                .setFullPage(true)
                .setClip(0, 0, width, Math.min(height, TALLEST)));
    }

    private String ask(String person, String account, String permission, String duration, String justification)
            throws IOException, InterruptedException {
        return post(
                        person,
                        "/v1/requests",
                        Map.of(
                                "account", account,
                                "permission", permission,
                                "duration", duration,
                                "justification", justification))
                .path("id")
                .asText();
    }

    private JsonNode post(String person, String path, Map<String, String> body)
            throws IOException, InterruptedException {
        return call(person, path, JSON.writeValueAsString(body));
    }

    private JsonNode call(String person, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(home + path))
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString(
                                                        (person + ":" + person).getBytes(StandardCharsets.UTF_8)))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(
                    "POST " + path + " as " + person + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }
}
