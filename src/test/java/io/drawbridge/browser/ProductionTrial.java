package io.drawbridge.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.SelectOption;
import io.drawbridge.keycloak.Keycloak;
import io.drawbridge.stage.Moto;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/**
 * Runs the parts of {@code docker-compose.yml} without Docker, with the values that stand there, and walks through them with a
 * browser; by hand, see docs/production.md.
 *
 * <p>The packaged jar, PostgreSQL, Keycloak, a mail catcher (GreenMail in place of Mailpit) and moto are processes and servers
 * on this machine's own address. What differs from the file: names of services become that address with a port of its own,
 * and the shared folder lies under {@code target}. Ports 8180, 8443 and 8444 have to be free. Ends with 1 at the first thing
 * that is not as it should be.
 */
public final class ProductionTrial {
    private static final Path HOUSE = Path.of("target", "production").toAbsolutePath();
    private static final Path LOG = HOUSE.resolve("drawbridge.log");
    private static final String BASE = "https://127.0.0.1:8444";
    private static final Duration START = Duration.ofMinutes(4);
    private static final String PERMISSION = "s3:DeleteBucket";

    private final Map<String, Map<String, Object>> services;
    private final Map<String, String> addresses = new LinkedHashMap<>();

    private ProductionTrial(Map<String, Map<String, Object>> services) {
        this.services = services;
    }

    /**
     * Runs the trial.
     *
     * @param arguments the packaged jar, and the path of keycloak-quarkus-dist-….zip
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            throw new IllegalArgumentException(
                    "Give the packaged jar and the path of keycloak-quarkus-dist-….zip as the two arguments.");
        }
        int status = 0;
        Map<String, Map<String, Map<String, Object>>> compose =
                new Yaml().load(Files.readString(Path.of("docker-compose.yml")));
        try {
            new ProductionTrial(compose.getOrDefault("services", Map.of()))
                    .run(Path.of(arguments[0]), Path.of(arguments[1]));
        } catch (Exception | AssertionError failure) {
            status = 1;
            failure.printStackTrace();
        }
        System.exit(status);
    }

    private void run(Path jar, Path zip) throws Exception {
        for (int port : List.of(8180, 8443, 8444)) {
            try (ServerSocket free = new ServerSocket(port)) {
                free.setReuseAddress(true);
            } catch (IOException taken) {
                throw new IllegalStateException("Port " + port + " is taken; stop what holds it.", taken);
            }
        }
        Files.createDirectories(HOUSE.resolve("audit"));
        Files.deleteIfExists(LOG);
        run(List.of("bash", "-c", inTheHouse(words("certificate", "command").get(2))), Map.of());
        Moto moto = Moto.another();
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        Map<String, String> database = environment("postgres");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create role " + database.get("POSTGRES_USER") + " login password '"
                        + database.get("POSTGRES_PASSWORD") + "'");
                statement.execute(
                        "create database " + database.get("POSTGRES_DB") + " owner " + database.get("POSTGRES_USER"));
            }
            addresses.put("aws:5000", "127.0.0.1:" + moto.endpoint().getPort());
            addresses.put("postgres:5432", "127.0.0.1:" + postgres.getPort());
            addresses.put("mailpit", "127.0.0.1");
            addresses.put("1025", String.valueOf(mail.getSmtp().getPort()));

            List<String> furnish = words("furnish", "entrypoint").stream()
                    .map(word -> inTheHouse(word).replace("/compose/", "compose/"))
                    .toList();
            run(furnish, environment("furnish"));
            try (Keycloak keycloak = Keycloak.start(zip, environment("keycloak"), realm -> realm)) {
                keycloak.await(URI.create("http://127.0.0.1:8180/realms/production"));
                try (Chromium chromium = Chromium.launch()) {
                    inProduction(jar, () -> walk(chromium, mail));
                    // It has people now, and starts with them again.
                    inProduction(jar, () -> {
                        Page erin = signedIn(chromium, "erin");
                        erin.navigate(BASE + "/requests");
                        assertThat(erin.locator("table")).containsText(PERMISSION);
                        said("a second start on the same database knows everything");
                    });
                }
            }
        } finally {
            mail.stop();
            moto.stop();
        }
    }

    private interface Walk {
        void go() throws Exception;
    }

    private void inProduction(Path jar, Walk walk) throws Exception {
        List<String> command = words("drawbridge", "command").stream()
                .map(word -> word.equals("/opt/drawbridge/drawbridge.jar")
                        ? jar.toAbsolutePath().toString()
                        : word)
                .toList();
        ProcessBuilder application = new ProcessBuilder(command);
        application.environment().putAll(environment("drawbridge"));
        application.directory(HOUSE.toFile());
        application.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(LOG.toFile()));
        Process process = application.start();
        try {
            await("Drawbridge has started; " + LOG + " says why not", START, () -> {
                if (!process.isAlive()) {
                    throw new IllegalStateException("Drawbridge has ended; " + LOG + " says why.");
                }
                return isOpen(8444);
            });
            said("the profile production starts");
            walk.go();
        } finally {
            process.destroy();
            said(
                    process.waitFor(60, TimeUnit.SECONDS)
                            ? "it stops when it is asked to"
                            : "IT DID NOT STOP WITHIN 60 s");
            process.destroyForcibly();
        }
    }

    private void walk(Chromium chromium, GreenMail mail) throws Exception {
        Page erin = signedIn(chromium, "erin");
        said("an administrator signs in at Keycloak");
        await("the organization has been read from AWS", Duration.ofMinutes(2), () -> {
            erin.navigate(BASE + "/organization?q=payments-prod");
            return erin.locator("td a:has-text('payments-prod')").count() == 1;
        });
        erin.locator("td a:has-text('payments-prod')").click();
        picture(erin, "organization");
        said("the organization of AWS is there");

        // Whoever has not been here yet is known from the directory that was read.
        erin.fill("#add", "bob@acme.test");
        button(erin, "Save the approvers").click();
        assertThat(erin.locator("#approvers tbody tr").first()).containsText("Bob");
        erin.selectOption("#service", "s3");
        erin.locator("input[name=control][value=protected]").check();
        button(erin, "Set the control").click();
        assertThat(erin.locator("#controls tbody")).containsText("protected");
        said("an approver and a control are set on its page");

        Page alice = signedIn(chromium, "alice");
        alice.navigate(BASE + "/requests/new");
        alice.selectOption(
                "#account",
                new SelectOption()
                        .setLabel(alice.locator("#account option:has-text('payments-prod')")
                                .innerText()));
        alice.fill("#permission", PERMISSION);
        alice.fill("#justification", "The bucket of 2019 goes.");
        alice.fill("#new-own", "5m");
        button(alice, "Ask for access").click();
        assertThat(alice.locator(".lead .status")).hasText("PENDING");
        String request = alice.url();
        said("an engineer asks");

        await("the approver has a mail", Duration.ofMinutes(1), () -> Arrays.stream(mail.getReceivedMessages())
                .anyMatch(message -> addressedTo(message, "bob@acme.test")));
        said("the approver has a mail");
        Page bob = signedIn(chromium, "bob");
        bob.navigate(BASE + "/camunda/app/tasklist/default/");
        assertThat(bob.locator("body")).containsText("Approve the request");
        picture(bob, "tasklist");
        bob.navigate(request);
        bob.fill("#decide-text", "Fine, it is empty.");
        button(bob, "Approve").click();
        said("he approves");
        await("access is open", Duration.ofMinutes(2), () -> {
            alice.navigate(request);
            return alice.locator("body").innerText().contains("ACTIVE");
        });
        picture(alice, "active");
        said("access is open, by a service control policy");
        await("access is taken back", Duration.ofMinutes(8), () -> {
            alice.navigate(request);
            return alice.locator("body").innerText().contains("REVOKED");
        });
        picture(alice, "revoked");
        said("access is taken back");
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static boolean addressedTo(MimeMessage message, String person) {
        try {
            return Arrays.toString(message.getAllRecipients()).contains(person);
        } catch (MessagingException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static Page signedIn(Chromium chromium, String person) {
        Page page = chromium.personWithoutDistrust();
        for (int attempt = 1; attempt <= 5; attempt++) {
            page.navigate(BASE + "/requests");
            Locator issuer = page.locator("a[href*='/oauth2/authorization/']");
            if (issuer.count() > 0) {
                issuer.first().click();
            }
            if (page.locator("#kc-login").count() > 0) {
                page.fill("#username", person);
                page.fill("#password", person);
                page.click("#kc-login");
            }
            page.waitForURL(url -> url.startsWith(BASE));
            if (!page.url().contains("refused=")) {
                break;
            }
            // A Keycloak that has just started may take longer for its first token than Drawbridge waits.
            said("attempt " + attempt + " to sign in ended at " + page.url());
        }
        assertThat(page).hasURL(Pattern.compile(BASE.replace(".", "\\.") + "/requests.*"));
        return page;
    }

    private static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(HOUSE.resolve(name + ".png")));
    }

    private static boolean isOpen(int port) {
        try (java.net.Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void await(String what, Duration atMost, BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Not so within " + atMost + ": " + what + ".");
            }
            Thread.sleep(1000);
        }
    }

    private void run(List<String> command, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException("This did not end well: " + String.join(" ", command));
        }
    }

    @SuppressWarnings("unchecked")
    private List<String> words(String service, String key) {
        return (List<String>) services.getOrDefault(service, Map.of()).getOrDefault(key, List.of());
    }

    /** What the file tells the service, with the places of this machine. */
    @SuppressWarnings("unchecked")
    private Map<String, String> environment(String service) {
        Map<String, String> environment = new LinkedHashMap<>();
        ((Map<String, String>) services.getOrDefault(service, Map.of()).getOrDefault("environment", Map.of()))
                .forEach((key, value) -> {
                    String here = inTheHouse(value);
                    for (Map.Entry<String, String> address : addresses.entrySet()) {
                        here = here.equals(address.getKey())
                                ? address.getValue()
                                : here.replace("//" + address.getKey(), "//" + address.getValue());
                    }
                    environment.put(key, here);
                });
        return environment;
    }

    private static String inTheHouse(String value) {
        return value.replaceAll("(?<![\\w.])/house\\b", HOUSE.toString())
                .replaceAll(
                        "(?<![\\w.])/audit\\b(?!\\.)", HOUSE.resolve("audit").toString());
    }

    private static void said(String what) {
        System.out.println("[production] " + what);
    }
}
