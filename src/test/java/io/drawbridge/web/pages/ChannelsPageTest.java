package io.drawbridge.web.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.NotificationChannels;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class ChannelsPageTest extends Office {
    private static final String CHANNELS = "/channels";

    @Autowired
    private NotificationChannels channels;

    @AfterEach
    void forget() {
        database.sql("delete from notice where channel_id is not null").update();
        database.sql("delete from notification_channel").update();
    }

    @Test
    @DisplayName(
            "R70 an administrator adds, changes, tests and removes a channel, and nothing that is typed becomes markup")
    void leadsAChannelThroughItsLife() throws Exception {
        send(ERIN, CHANNELS, "name", HOSTILE, "kind", "mail", "targets", "soc@acme.example\nciso@acme.example")
                .andExpect(status().isOk());
        NotificationChannel channel = channels.of(ACME).get(0);
        String one = CHANNELS + "/" + channel.id();
        assertThat(body(look(ERIN, CHANNELS)))
                .contains("&lt;script&gt;", "soc@acme.example, ciso@acme.example", "untried")
                .doesNotContain(HOSTILE);

        send(
                        ERIN,
                        one,
                        "name",
                        "Security",
                        "targets",
                        "soc@acme.example",
                        "events",
                        "grant.active",
                        "scopes",
                        "ou-production",
                        "enabled",
                        "true")
                .andExpect(redirectedUrl(one));
        send(ERIN, one + "/test").andExpect(redirectedUrl(one));
        assertThat(body(look(ERIN, one)))
                .contains("value=\"grant.active\" checked=\"checked\"", "ou-production</textarea>", "channel.test")
                .contains("delivered");
        assertThat(body(look(ERIN, "/notices"))).contains("the channel", "Security");
        database.sql(
                        "update notice set sent_at = null, attempts = 2, failure = 'Nobody is there.' where channel_id = ?")
                .param(channel.id())
                .update();
        assertThat(body(look(ERIN, one)))
                .contains("waiting, 2 failed attempts", "Nobody is there.", "1</span> waiting");
        assertThat(body(look(ERIN, "/notices"))).contains("waiting to be sent", "Nobody is there.");

        send(ERIN, one + "/remove").andExpect(redirectedUrl(CHANNELS));
        look(ERIN, one).andExpect(status().isNotFound());
        look(BOB, CHANNELS).andExpect(status().isForbidden());
        look(GUS, one).andExpect(status().isForbidden());
    }

    @Test
    @DisplayName("what is wrong is said beside its field, and what was typed stays, but for a secret")
    void saysWhatIsWrong() throws Exception {
        send(
                        ERIN,
                        CHANNELS,
                        "name",
                        "Chat bridge",
                        "kind",
                        "webhook",
                        "targets",
                        "https://127.0.0.1/",
                        "secret",
                        "a-secret-that-nobody-sees-again")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("value=\"Chat bridge\"")))
                .andExpect(content().string(containsString("https://127.0.0.1/</textarea>")))
                .andExpect(content().string(containsString("not by number")))
                .andExpect(content().string(containsString("drawbridge.channels.secret-keys")))
                .andExpect(result -> assertThat(result.getResponse().getContentAsString())
                        .doesNotContain("a-secret-that-nobody-sees-again"));
        send(ERIN, CHANNELS, "name", "x", "kind", "mail", "targets", "a@acme.example", "headers", "no colon")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("a name, a colon and a value")));
        assertThat(channels.of(ACME)).isEmpty();
    }
}
