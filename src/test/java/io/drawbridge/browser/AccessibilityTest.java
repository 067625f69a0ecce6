package io.drawbridge.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import io.drawbridge.browser.Chromium.Window;
import io.drawbridge.stage.LiveStage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deque's axe, which knows the rules of WCAG that a machine can check, looks at every page. */
@SuppressWarnings("NullAway.Init")
class AccessibilityTest extends LiveStage {
    private static @Nullable Chromium chromium;

    @BeforeAll
    static void launch() {
        chromium = Chromium.launch();
    }

    @AfterAll
    static void close() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @ParameterizedTest(name = "axe finds nothing on any page, on a {0} in {1} colours")
    @CsvSource({
        "DESKTOP, LIGHT, ec2:CopyImage, ec2:CopySnapshot, ec2:DeleteVolume",
        "PHONE, DARK, ec2:ExportImage, ec2:ImportKeyPair, ec2:DeregisterImage"
    })
    @DisplayName("for whoever cannot see, or sees little")
    void findsNothing(Window window, ColorScheme colours, String one, String other, String third) {
        String pending = ask("alice", "111122223333", one, "PT1H");
        String denied = ask("alice", "111122223333", other, "PT1H");
        assertThat(post("bob", "/v1/requests/" + denied + "/deny", Map.of("message", "Not today."))
                        .status())
                .isEqualTo(200);
        String active = ask("alice", "444455556666", third, "PT1H");
        List<String> found = new ArrayList<>();

        Page nobody = chromium().person(window, colours);
        look(nobody, "/login", found);
        Page bob = signedIn("bob", window, colours);
        for (String path : List.of(
                "/requests",
                "/requests?status=DENIED&q=snapshot",
                "/requests?q=nothing-of-that",
                "/requests/" + pending,
                "/requests/" + denied,
                "/notices",
                "/no-such-page")) {
            look(bob, path, found);
        }
        bob.navigate(at("/requests/" + pending));
        bob.locator(".steps summary").click();
        bob.fill("#decide-text", " ");
        bob.locator("form[action$='/approve'] button.main").click();
        assertThat(bob.locator(".failed")).isVisible();
        look(bob, found);
        Page alice = signedIn("alice", window, colours);
        for (String path : List.of(
                "/requests",
                "/requests/" + active,
                "/requests/new",
                "/requests/new?account=111122223333&permission=s3:DeleteBucket",
                "/requests/new?account=111122223333&permission=nothing")) {
            look(alice, path, found);
        }
        Page erin = signedIn("erin", window, colours);
        erin.navigate(at("/requests"));
        for (String path : navigation(erin)) {
            assertThat(look(erin, path, found)).as("what %s answers", path).isEqualTo(200);
        }

        assertThat(found).isEmpty();
    }

    /** Pages of ours that the navigation leads to. */
    private static Set<String> navigation(Page page) {
        Set<String> paths = new LinkedHashSet<>();
        page.locator("#main-nav a:not(.elsewhere)").all().forEach(link -> paths.add(link.getAttribute("href")));
        assertThat(paths).hasSizeGreaterThan(5);
        return paths;
    }

    /** Looks at a page; the status that it was answered with. */
    private int look(Page page, String path, List<String> found) {
        Response answer = Objects.requireNonNull(page.navigate(at(path)));
        look(page, found);
        return answer.status();
    }

    private void look(Page page, List<String> found) {
        new AxeBuilder(page).analyze().getViolations().forEach(violation -> violation
                .getNodes()
                .forEach(node -> found.add(page.url().replaceFirst("https?://[^/]*", "") + ": " + violation.getId()
                        + ": " + violation.getHelp() + ": " + node.getHtml())));
    }

    private Page signedIn(String person, Window window, ColorScheme colours) {
        Page page = chromium().person(window, colours);
        page.navigate(at("/login"));
        page.fill("#username", person);
        page.fill("#password", person);
        page.click("form[action='/login'] button[type=submit]");
        return page;
    }

    private static Chromium chromium() {
        return Objects.requireNonNull(chromium);
    }

    private String at(String path) {
        return "http://127.0.0.1:" + port + path;
    }
}
