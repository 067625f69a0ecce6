package io.drawbridge.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An event as a card in Microsoft Teams, for a webhook of Power Automate ("When a Teams webhook request is received"), which
 * takes nothing else. Nothing comes back from such a card: it has a link to the page, where who follows it signs in.
 *
 * <p>All of it is drawn as plain runs of text, which know no markdown; names and ARNs are cut, so that a card keeps far
 * below the 28 KB that Teams takes.
 */
final class WorkflowCard {
    /** Where flows are called: of Logic Apps, from which older addresses come, and of the Power Platform. */
    private static final List<String> HOSTS = List.of(".logic.azure.com", ".api.powerplatform.com");

    private static final Set<String> LOUD = Set.of("request.break_glass", "grant.revoke_overdue");
    private static final int LONGEST = 600;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private WorkflowCard() {}

    /** Whether a webhook of that host takes cards in the place of events. */
    static boolean isFor(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return HOSTS.stream().anyMatch(lower::endsWith);
    }

    /**
     * The message that a flow posts.
     *
     * @param event as {@link EventBody#json} writes it
     * @throws IllegalStateException if it is no event
     */
    static String of(String event) {
        JsonNode told;
        try {
            told = JSON.readTree(event);
        } catch (JsonProcessingException unreadable) {
            throw new IllegalStateException("A stored event cannot be read.", unreadable);
        }
        ObjectNode message = JSON.createObjectNode().put("type", "message");
        ObjectNode attachment = message.putArray("attachments")
                .addObject()
                .put("contentType", "application/vnd.microsoft.card.adaptive");
        attachment.putNull("contentUrl");
        ObjectNode card = attachment
                .putObject("content")
                .put("type", "AdaptiveCard")
                .put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
                .put("version", "1.5");
        ArrayNode body = card.putArray("body");
        String word = told.path("event").asText();
        ObjectNode title = body.addObject().put("type", "Container");
        if (LOUD.contains(word)) {
            title.put("style", "attention");
        }
        run(
                        line(title.putArray("items")),
                        "Drawbridge: " + word.replace('.', ' ').replace('_', ' '))
                .put("weight", "Bolder")
                .put("size", "Medium");
        JsonNode request = told.path("request");
        if (told.path("test").asBoolean()) {
            run(line(body), "An administrator wants to see that this arrives. Nothing has happened.");
        }
        fact(body, "Requester", request.path("requester"));
        fact(body, "Identity", request.at("/identity/arn"));
        fact(body, "Permission", request.path("permission"));
        fact(body, "Permission set", request.path("permissionSet"));
        fact(body, "Account", request.at("/account/name"));
        fact(body, "Account id", request.at("/account/id"));
        fact(body, "Scope", request.path("scope"));
        fact(body, "Status", request.path("status"));
        fact(body, "Decided by", request.at("/decision/by"));
        fact(body, "Access ends", told.at("/grant/endsAt"));
        if (told.at("/grant/accessMayStillBeOn").asBoolean() && word.equals("grant.revoke_overdue")) {
            run(line(body), "Access may still be on.").put("weight", "Bolder");
        }
        fact(body, "Request id", request.path("id"));
        if (request.path("page").isTextual()) {
            card.putArray("actions")
                    .addObject()
                    .put("type", "Action.OpenUrl")
                    .put("title", "Open the request")
                    .put("url", request.path("page").asText());
        }
        return message.toString();
    }

    private static void fact(ArrayNode body, String name, JsonNode value) {
        if (value.isTextual() && !value.asText().isBlank()) {
            ArrayNode runs = line(body);
            run(runs, name + ": ").put("weight", "Bolder");
            run(runs, value.asText());
        }
    }

    private static ArrayNode line(ArrayNode body) {
        return body.addObject().put("type", "RichTextBlock").putArray("inlines");
    }

    /** Without the functions that a card would carry out, such as a date's. */
    private static ObjectNode run(ArrayNode runs, String text) {
        String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
        return runs.addObject().put("type", "TextRun").put("text", cut.replace("{{", "{\u200b{"));
    }
}
