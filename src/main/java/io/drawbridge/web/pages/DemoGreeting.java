package io.drawbridge.web.pages;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Tells whoever has started the demo where to look and as whom. */
@Component
@Profile("demo")
class DemoGreeting {
    private static final Logger LOG = LoggerFactory.getLogger(DemoGreeting.class);

    /** Prints the addresses and the logins once everything answers. */
    @EventListener
    void greet(ApplicationReadyEvent ready) {
        if (!(ready.getApplicationContext() instanceof ServletWebServerApplicationContext context)
                || context.getWebServer() == null) {
            return;
        }
        String home = "http://127.0.0.1:" + context.getWebServer().getPort();
        LOG.info(
                """

                DEMO: a made-up organisation and a dry-run cloud; nothing here touches a real account.

                  Requests   {}/requests
                  Tasklist   {}/camunda/app/tasklist/default/
                  Cockpit    {}/camunda/app/cockpit/default/
                  Notices    {}/notices
                  API        {}/swagger-ui.html

                  The password is the name:
                  alice    engineer, on call     bob, carol, dave   approvers
                  erin     administrator         victor             viewer
                  oscar    operations            petra              process owner
                  mallory  engineer              intake             the service that hands in events
                  gina, gus  of another tenant, globex
                """,
                home,
                home,
                home,
                home,
                home);
    }
}
