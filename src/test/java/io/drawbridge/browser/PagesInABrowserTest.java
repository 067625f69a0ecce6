package io.drawbridge.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PageAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.drawbridge.browser.Chromium.Window;
import io.drawbridge.stage.LiveStage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("In a browser")
@SuppressWarnings("NullAway.Init")
class PagesInABrowserTest extends LiveStage {
    private static final double A_WHILE = 40_000;
    private static final int TABS = 120;
    private static final String HOSTILE =
            "<img src=x onerror=\"window.hit=1\"><script>window.hit=1</script>{{constructor.constructor('window.hit=1')()}}";

    private static @Nullable Chromium chromium;

    private final List<Page> open = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();

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

    @AfterEach
    void leave() {
        open.forEach(page -> page.context().close());
    }

    @Test
    @DisplayName("R17 R24 R44 R52 two people do the main job on the pages, each seeing at once what the other did")
    void mainJobOnThePages() {
        Page bob = signedIn("bob");
        bob.navigate(at("/requests"));
        Page alice = signedIn("alice");
        alice.navigate(at("/requests/new"));
        alice.selectOption("#account", "111122223333");
        alice.selectOption("#service", "rds");
        alice.fill("#permission", "rds:DeleteDBClusterSnapshot");
        alice.press("#permission", "Tab");
        assertThat(alice.locator("[data-part=preview]")).containsText("It would go to the approvers.", waiting());
        assertThat(alice.locator("[data-part=preview]")).containsText("Bob Baker");
        alice.fill("#justification", "The snapshot of last year has to go.");
        alice.selectOption("#new-duration", "PT15M");
        button(alice, "Ask for access").click();
        assertThat(alice.locator(".lead .status")).hasText("PENDING");

        Locator line = bob.locator(".waiting tr", new Page.LocatorOptions().setHasText("rds:DeleteDBClusterSnapshot"));
        assertThat(line).isVisible(visibleInAWhile());
        line.getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(Pattern.compile("^Decide")))
                .click();
        assertThat(bob.locator(".focus")).containsText("The snapshot of last year has to go.");
        assertThat(bob.locator(".diagram .here .token")).hasCount(1);
        assertThat(bob.locator(".focus .left").first()).hasText(Pattern.compile("in \\d+ (h|min) .*"));
        alice.fill("#message-text", "I am still typing");
        bob.fill("#decide-text", "Fine, it is in the archive.");
        bob.fill("#decide-own", "10s");
        button(bob, "Approve").click();
        assertThat(bob.locator(".done")).containsText("You approved the request");

        assertThat(alice.locator(".lead .status")).hasText("APPROVED", textInAWhile());
        assertThat(alice.locator("[data-live=outcome]")).containsText("Fine, it is in the archive.");
        assertThat(alice.locator("#message-text")).hasValue("I am still typing");
        assertThat(alice.locator("[data-live=outcome] .status")).hasText("REVOKED", textInAWhile());
        assertThat(alice.locator("#message-text")).hasValue("I am still typing");
        assertThat(alice.locator("[data-live=history]")).containsText("confirmed that the access is gone");
        nobodyComplained();
    }

    @Test
    @DisplayName("R30 R43 R24 two people do the main job in Tasklist")
    void mainJobInTasklist() {
        String request = denied("s3:DeleteObjectVersion", "DeleteObjectVersion");
        Page alice = signedIn("alice");
        task(alice, "My justifications", "Justify the request", request);
        alice.check("#answer-yes");
        alice.fill("#justification", "A version with a name in it has to go.");
        complete(alice);
        await(request, "PENDING");

        Page bob = signedIn("bob");
        task(bob, "My approvals", "Approve the request", request);
        assertThat(bob.locator("form[name=approve]")).containsText("A version with a name in it has to go.");
        bob.locator("button:has-text('Claim'):visible").first().click();
        bob.check("#decision-approve");
        bob.fill("#message", "Fine.");
        complete(bob);
        await(request, "APPROVED");
    }

    @Test
    @DisplayName("R24 R43 an approver does his part by keyboard alone, and always sees where he is")
    void worksByKeyboardAlone() {
        String request = ask("mallory", "111122223333", "kms:DisableKey", "PT1H");
        Page bob = page(Window.DESKTOP);
        bob.navigate(at("/login"));
        assertThat(bob.locator("#username")).isFocused();
        bob.keyboard().type("bob");
        bob.keyboard().press("Tab");
        bob.keyboard().type("bob");
        bob.keyboard().press("Enter");
        assertThat(bob).hasURL(Pattern.compile(".*/requests.*"));

        bob.keyboard().press("Tab");
        assertThat(bob.locator(".skip")).isFocused();
        bob.keyboard().press("Enter");
        tabTo(bob, "a.button[href='/requests/" + request + "']");
        bob.keyboard().press("Enter");
        assertThat(bob.locator(".lead .status")).hasText("PENDING");
        tabTo(bob, "#decide-text");
        bob.keyboard().type("Fine.");
        tabTo(bob, "form[action$='/approve'] button.main");
        bob.keyboard().press("Enter");
        assertThat(bob.locator(".done")).isVisible();

        assertThat(status(request)).isEqualTo("APPROVED");
        nobodyComplained();
    }

    @Test
    @DisplayName("R46 R60 a script in a justification stays text on the page, in Tasklist and in the notices")
    void aScriptStaysText() {
        String request = post(
                        "alice",
                        "/v1/requests",
                        Map.of(
                                "account", "111122223333",
                                "permission", "kms:PutKeyPolicy",
                                "duration", "PT1H",
                                "justification", HOSTILE))
                .at("/id");
        Page bob = signedIn("bob");

        bob.navigate(at("/requests/" + request));
        assertThat(bob.locator(".focus blockquote")).hasText(HOSTILE);
        isUntouched(bob);

        bob.navigate(at("/requests?q=onerror"));
        assertThat(bob.locator("table a[href='/requests/" + request + "']").first())
                .isVisible();
        isUntouched(bob);

        bob.navigate(at("/notices"));
        assertThat(bob.locator(".notices")).containsText(HOSTILE);
        isUntouched(bob);

        task(bob, "My approvals", "Approve the request", request);
        assertThat(bob.locator("form[name=approve]")).containsText(HOSTILE);
        isUntouched(bob);
    }

    @Test
    @DisplayName(
            "R60 a link from a mail opens its request after the login, and at once where Tasklist's login came first")
    void aLinkFromAMailOpensItsRequest() {
        String request = ask("alice", "111122223333", "kms:DisableKeyRotation", "PT1H");
        String link = at("/requests/" + request);

        Page bob = page(Window.PHONE);
        bob.navigate(link);
        assertThat(bob).hasURL(Pattern.compile(".*/login.*"));
        signIn(bob, "bob");
        assertThat(bob).hasURL(Pattern.compile(".*/requests/" + request + "(\\?continue)?"));
        assertThat(bob.locator("h1")).hasText("kms:DisableKeyRotation in payments-prod");

        Page carol = page(Window.DESKTOP);
        carol.navigate(at("/camunda/app/tasklist/default/"));
        assertThat(carol).hasURL(Pattern.compile(".*/login.*"));
        signIn(carol, "carol");
        assertThat(carol).hasURL(Pattern.compile(".*/camunda/app/tasklist/.*"), urlInAWhile());
        carol.navigate(link);
        assertThat(carol.locator("h1")).hasText("kms:DisableKeyRotation in payments-prod");
        assertThat(status(request)).isEqualTo("PENDING");
    }

    @Test
    @DisplayName("a page that can follow no more says so, and what was typed stays")
    void saysThatItFollowsNoMore() {
        String request = ask("alice", "111122223333", "kms:CancelKeyDeletion", "PT1H");
        Page bob = signedIn("bob");
        bob.navigate(at("/requests/" + request));
        bob.fill("#decide-text", "I am still thinking");

        bob.context().clearCookies();

        assertThat(bob.locator("#live-said.stale")).isVisible(visibleInAWhile());
        assertThat(bob.locator("#decide-text")).hasValue("I am still thinking");
    }

    @Test
    @DisplayName("R17 R24 the main job needs no script")
    void worksWithoutScripts() {
        Page mallory = listened(Objects.requireNonNull(chromium).personWithoutScripts());
        mallory.navigate(at("/login"));
        signIn(mallory, "mallory");
        mallory.navigate(at("/requests/new"));
        mallory.selectOption("#account", "111122223333");
        mallory.fill("#permission", "kms:RetireGrant");
        button(mallory, "What would happen?").click();
        assertThat(mallory.locator("[data-part=preview]")).containsText("It would go to the approvers.");
        mallory.fill("#justification", "It was given by mistake.");
        button(mallory, "Ask for access").click();
        assertThat(mallory.locator(".lead .status")).hasText("PENDING");
        assertThat(mallory.locator(".focus .clocks")).containsText("UTC");
        String request = mallory.url().replaceFirst(".*/", "");

        Page bob = listened(Objects.requireNonNull(chromium).personWithoutScripts());
        bob.navigate(at("/requests/" + request));
        signIn(bob, "bob");
        assertThat(bob.locator(".diagram .here .token")).hasCount(1);
        bob.fill("#decide-text", "Then take it back.");
        button(bob, "Approve").click();
        assertThat(bob.locator(".done")).isVisible();
        assertThat(status(request)).isEqualTo("APPROVED");
    }

    @Test
    @DisplayName("R4 each clock stands in the reader's own time, with the zone named, and runs by the second")
    void clocksRun() {
        String request = ask("alice", "111122223333", "kms:EnableKeyRotation", "PT1H");
        Page bob = signedIn("bob");

        bob.navigate(at("/requests/" + request));

        Locator clocks = bob.locator(".focus .clocks li");
        assertThat(clocks).hasCount(2);
        assertThat(clocks.nth(0)).hasText(Pattern.compile("escalates at .* CES?T \\(Europe/Berlin\\)\\s*in .*"));
        assertThat(clocks.nth(1)).hasText(Pattern.compile("expires at .* CES?T \\(Europe/Berlin\\)\\s*in .*"));
        String now = clocks.nth(0).locator(".left").textContent();
        assertThat(clocks.nth(0).locator(".left")).not().hasText(now);
        nobodyComplained();
    }

    @Test
    @DisplayName("the navigation folds on a phone, and nothing is wider than its screen")
    void fitsAPhone() {
        String request = ask("mallory", "111122223333", "kms:DisconnectCustomKeyStore", "PT1H");
        Page bob = page(Window.PHONE);
        bob.navigate(at("/requests"));
        signIn(bob, "bob");

        assertThat(bob.locator("#main-nav a").first()).isHidden();
        button(bob, "Menu").click();
        assertThat(bob.locator("#main-nav a").first()).isVisible();
        for (String path : List.of("/requests", "/requests/" + request, "/requests/new", "/notices")) {
            bob.navigate(at(path));
            assertThat((Boolean) bob.evaluate(
                            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                    .as(path)
                    .isTrue();
        }
        nobodyComplained();
    }

    private String denied(String permission, String call) {
        String record;
        try {
            record = Files.readString(Path.of("samples/denied-s3-delete-bucket.json"))
                    .replace("s3:DeleteBucket", permission)
                    .replace("\"DeleteBucket\"", "\"" + call + "\"")
                    .replaceFirst("\"eventID\": \"[^\"]*\"", "\"eventID\": \"" + UUID.randomUUID() + "\"");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return post("intake", "/v1/events/cloudtrail", record).at("/outcomes/0/requestId");
    }

    private void await(String request, String status) {
        Awaitility.await().untilAsserted(() -> assertThat(status(request)).isEqualTo(status));
    }

    private void task(Page page, String filter, String name, String request) {
        page.navigate(at("/camunda/app/tasklist/default/"));
        page.locator("a:visible", new Page.LocatorOptions().setHasText(filter))
                .first()
                .click();
        // The task that was made last stands on top; which request it belongs to its form says.
        page.locator("[cam-tasks] li", new Page.LocatorOptions().setHasText(name))
                .first()
                .click();
        assertThat(page.locator("form[role=form] a[href='/requests/" + request + "']"))
                .isVisible(visibleInAWhile());
    }

    private static void complete(Page page) {
        Locator complete = page.locator("button[ng-click='complete()']");
        assertThat(complete).isEnabled(new LocatorAssertions.IsEnabledOptions().setTimeout(A_WHILE));
        complete.click();
    }

    private static void tabTo(Page page, String selector) {
        for (int tab = 0; tab < TABS; tab++) {
            page.keyboard().press("Tab");
            if ((Boolean) page.evaluate("selector => document.activeElement.matches(selector)", selector)) {
                assertThat((Boolean) page.evaluate("(() => { var style = getComputedStyle(document.activeElement);"
                                + " return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; })()"))
                        .as("the focus on " + selector + " is visible")
                        .isTrue();
                return;
            }
        }
        throw new AssertionError("Nobody gets to " + selector + " by " + TABS + " times the tabulator.");
    }

    private static void isUntouched(Page page) {
        assertThat(page.evaluate("window.hit"))
                .as("what the script would have done")
                .isNull();
    }

    private void nobodyComplained() {
        assertThat(complaints).as("what the browsers complained of").isEmpty();
    }

    private Page page(Window window) {
        return listened(Objects.requireNonNull(chromium).person(window));
    }

    private Page listened(Page page) {
        page.onConsoleMessage(this::complain);
        page.onPageError(complaints::add);
        open.add(page);
        return page;
    }

    private void complain(ConsoleMessage message) {
        if (message.type().equals("error")) {
            complaints.add(message.text());
        }
    }

    private Page signedIn(String person) {
        Page page = page(Window.DESKTOP);
        page.navigate(at("/login"));
        signIn(page, person);
        return page;
    }

    private static void signIn(Page page, String person) {
        page.fill("#username", person);
        page.fill("#password", person);
        page.click("form[action='/login'] button[type=submit]");
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private String at(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    private static LocatorAssertions.ContainsTextOptions waiting() {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(A_WHILE);
    }

    private static LocatorAssertions.HasTextOptions textInAWhile() {
        return new LocatorAssertions.HasTextOptions().setTimeout(A_WHILE);
    }

    private static LocatorAssertions.IsVisibleOptions visibleInAWhile() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(A_WHILE);
    }

    private static PageAssertions.HasURLOptions urlInAWhile() {
        return new PageAssertions.HasURLOptions().setTimeout(A_WHILE);
    }
}
