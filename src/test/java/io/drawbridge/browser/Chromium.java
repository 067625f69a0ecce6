package io.drawbridge.browser;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The system's own Chromium, driven by Playwright; none is ever fetched.
 *
 * <p>Install it by {@code apt-get install chromium}. Where it is missing its tests are aborted and say so; where the
 * environment says {@code CI=true} they fail. To be used by one thread.
 */
final class Chromium implements AutoCloseable {
    private static final double PATIENCE_MILLIS = 30_000;

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** How large the window is. */
    enum Window {
        DESKTOP(1280, 900),
        PHONE(390, 844);

        private final int width;
        private final int height;

        Window(int width, int height) {
            this.width = width;
            this.height = height;
        }
    }

    static Chromium launch() {
        Path program = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        if (program == null) {
            String how = "There is no Chromium in /usr/bin; install it: apt-get install chromium.";
            return "true".equals(System.getenv("CI")) ? fail(how) : abort(how);
        }
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        try {
            return new Chromium(
                    playwright,
                    playwright
                            .chromium()
                            .launch(new BrowserType.LaunchOptions()
                                    .setExecutablePath(program)
                                    .setArgs(List.of(
                                            "--no-sandbox",
                                            "--disable-gpu",
                                            "--disable-quic",
                                            "--no-first-run",
                                            "--disable-background-networking",
                                            "--disable-component-update",
                                            "--disable-sync"))));
        } catch (RuntimeException failure) {
            playwright.close();
            throw failure;
        }
    }

    /** A browser of somebody's own: its cookies are shared with nobody. */
    Page person(Window window) {
        return person(window, ColorScheme.LIGHT);
    }

    Page person(Window window, ColorScheme colours) {
        return page(options(window).setColorScheme(colours));
    }

    /** Somebody whose browser runs no scripts. */
    Page personWithoutScripts() {
        return page(options(Window.DESKTOP).setJavaScriptEnabled(false));
    }

    /** Somebody who takes a certificate that nobody vouches for. */
    Page personWithoutDistrust() {
        return page(options(Window.DESKTOP).setIgnoreHTTPSErrors(true));
    }

    private static Browser.NewContextOptions options(Window window) {
        return new Browser.NewContextOptions()
                .setViewportSize(window.width, window.height)
                .setTimezoneId("Europe/Berlin")
                .setLocale("en-GB");
    }

    private Page page(Browser.NewContextOptions options) {
        BrowserContext context = browser.newContext(options);
        context.setDefaultTimeout(PATIENCE_MILLIS);
        return context.newPage();
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
