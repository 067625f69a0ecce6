package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.organization.ChannelEvent;
import io.drawbridge.organization.ChannelPost;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.NotificationChannel.Kind;
import io.drawbridge.organization.NotificationChannelDesk;
import io.drawbridge.organization.ScopeId;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The notification channels of the tenant: added, changed, tested and removed, with what they were told; for administrators. */
@Framed
@Controller
@RequestMapping("/channels")
class ChannelsPage {
    private static final int PAGE = 50;

    private final NotificationChannelDesk desk;

    ChannelsPage(NotificationChannelDesk desk) {
        this.desk = desk;
    }

    /**
     * One channel.
     *
     * @param delivery in one word; {@code alarm} if it needs somebody
     * @param stoppedAt since when it is not tried any more
     */
    record Shown(
            String id,
            String name,
            String kind,
            String target,
            String delivery,
            boolean alarm,
            int waiting,
            String headers,
            Moment createdAt,
            String createdBy,
            @Nullable Moment lastSuccessAt,
            @Nullable Moment lastFailureAt,
            @Nullable String lastFailure,
            @Nullable Moment failingSince,
            @Nullable Moment stoppedAt) {}

    /** One delivery; {@code state} in words. */
    record Told(
            String event,
            String eventId,
            String address,
            @Nullable String requestId,
            Moment createdAt,
            @Nullable Moment sentAt,
            String state,
            boolean alarm,
            @Nullable String failure) {}

    /** What a form holds: of a channel, or as it was typed; lists one a line. A secret that was typed is not shown again. */
    record Form(String name, String kind, String targets, List<String> events, String scopes, boolean enabled) {
        static Form empty() {
            return new Form("", Kind.WEBHOOK.word(), "", List.of(), "", true);
        }

        static Form of(NotificationChannel channel) {
            return new Form(
                    channel.name(),
                    channel.kind().word(),
                    String.join("\n", channel.targets()),
                    channel.events().stream().map(ChannelEvent::word).toList(),
                    String.join(
                            "\n",
                            channel.scopes().stream()
                                    .map(ScopeId::value)
                                    .sorted()
                                    .toList()),
                    channel.enabled());
        }
    }

    @GetMapping
    String list(@ModelAttribute(name = "caller", binding = false) Caller caller, Model model) {
        return listed(caller, model, Form.empty(), Map.of(), null);
    }

    @PostMapping
    String add(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String kind,
            @RequestParam(defaultValue = "") String targets,
            @RequestParam(defaultValue = "") List<String> events,
            @RequestParam(defaultValue = "") String scopes,
            @RequestParam(defaultValue = "") String secret,
            @RequestParam(defaultValue = "") String headers,
            Model model,
            HttpServletResponse response) {
        Form typed = new Form(name, kind, targets, events, scopes, true);
        try {
            Optional<Kind> chosen = Arrays.stream(Kind.values())
                    .filter(each -> each.word().equals(kind))
                    .findFirst();
            Map<String, String> named = headers(headers);
            NotificationChannelDesk.Made made =
                    desk.add(caller, chosen.orElse(null), draft(typed, secret, named.isEmpty() ? null : named));
            // NB. No redirect: the secret is in this one answer, and would otherwise have to be kept for the next.
            model.addAttribute("added", made.channel().name());
            return listed(caller, model, Form.empty(), Map.of(), made.secret());
        } catch (InvalidInputException invalid) {
            response.setStatus(HttpStatus.UNPROCESSABLE_ENTITY.value());
            return listed(caller, model, typed, invalid.fields(), null);
        }
    }

    @GetMapping("/{id}")
    String one(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable Long before,
            Model model) {
        NotificationChannel channel = desk.find(caller, id);
        return opened(caller, model, channel, Form.of(channel), Map.of(), before);
    }

    @PostMapping("/{id}")
    String change(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String targets,
            @RequestParam(defaultValue = "") List<String> events,
            @RequestParam(defaultValue = "") String scopes,
            @RequestParam(defaultValue = "") String secret,
            @RequestParam(defaultValue = "") String headers,
            @RequestParam(defaultValue = "false") boolean forgetHeaders,
            @RequestParam(defaultValue = "false") boolean enabled,
            Model model,
            RedirectAttributes kept,
            HttpServletResponse response) {
        NotificationChannel channel = desk.find(caller, id);
        Form typed = new Form(name, channel.kind().word(), targets, events, scopes, enabled);
        try {
            Map<String, String> named = headers(headers);
            desk.change(caller, id, draft(typed, secret, named.isEmpty() && !forgetHeaders ? null : named));
        } catch (InvalidInputException invalid) {
            response.setStatus(HttpStatus.UNPROCESSABLE_ENTITY.value());
            return opened(caller, model, channel, typed, invalid.fields(), null);
        }
        kept.addFlashAttribute("done", "The channel is saved. What waits for it is delivered now.");
        return "redirect:/channels/" + channel.id();
    }

    @PostMapping("/{id}/test")
    String test(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            RedirectAttributes kept) {
        desk.test(caller, id);
        kept.addFlashAttribute(
                "done", "A test event is on its way. Load this page again in a few seconds to see how it went.");
        return "redirect:/channels/" + desk.find(caller, id).id();
    }

    @PostMapping("/{id}/remove")
    String remove(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            RedirectAttributes kept) {
        String name = desk.find(caller, id).name();
        desk.remove(caller, id);
        kept.addFlashAttribute("done", "The channel \"" + name + "\" is removed.");
        return "redirect:/channels";
    }

    private String listed(Caller caller, Model model, Form form, Map<String, String> wrong, @Nullable String secret) {
        model.addAttribute(
                "channels",
                desk.list(caller).stream()
                        .map(channel -> shown(caller, channel))
                        .toList());
        model.addAttribute("kinds", Arrays.stream(Kind.values()).map(Kind::word).toList());
        model.addAttribute("secret", secret);
        return form(model, form, wrong, "channels");
    }

    private String opened(
            Caller caller,
            Model model,
            NotificationChannel channel,
            Form form,
            Map<String, String> wrong,
            @Nullable Long before) {
        List<ChannelPost.Delivery> found = desk.deliveries(caller, channel.id(), before, PAGE + 1);
        List<ChannelPost.Delivery> page = found.subList(0, Math.min(PAGE, found.size()));
        model.addAttribute("channel", shown(caller, channel));
        model.addAttribute("deliveries", page.stream().map(ChannelsPage::told).toList());
        model.addAttribute(
                "next", found.size() > PAGE ? page.get(page.size() - 1).number() : null);
        return form(model, form, wrong, "channel");
    }

    private static String form(Model model, Form form, Map<String, String> wrong, String view) {
        Map<String, String> all = new LinkedHashMap<>(wrong);
        for (String field : List.of("url", "topicArn", "addresses")) {
            if (wrong.containsKey(field)) {
                all.put("targets", wrong.get(field));
            }
        }
        model.addAttribute("form", form);
        model.addAttribute("wrong", all);
        model.addAttribute(
                "events",
                Arrays.stream(ChannelEvent.values()).map(ChannelEvent::word).toList());
        return view;
    }

    private static NotificationChannelDesk.Draft draft(
            Form form, String secret, @Nullable Map<String, String> headers) {
        return new NotificationChannelDesk.Draft(
                form.name(),
                Text.lines(form.targets()),
                form.events().stream().filter(event -> !event.isBlank()).toList(),
                Text.lines(form.scopes()),
                Text.filled(secret),
                headers,
                form.enabled());
    }

    /** Lines of {@code name: value}. */
    private static Map<String, String> headers(String lines) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line : Text.lines(lines)) {
            String[] parts = line.split(":", 2);
            if (parts.length < 2 || headers.put(parts[0].strip(), parts[1].strip()) != null) {
                throw new InvalidInputException(
                        "headers", "must be lines of a name, a colon and a value, each name once.");
            }
        }
        return headers;
    }

    private Shown shown(Caller caller, NotificationChannel channel) {
        NotificationChannel.State state = channel.state();
        NotificationChannel.Delivery delivery = channel.delivery();
        return new Shown(
                channel.id(),
                channel.name(),
                channel.kind().word(),
                String.join(", ", channel.targets()),
                delivery.word(),
                delivery == NotificationChannel.Delivery.FAILING || delivery == NotificationChannel.Delivery.STOPPED,
                desk.waiting(caller, channel),
                String.join(", ", channel.headers()),
                Moment.of(channel.createdAt()),
                channel.createdBy().value(),
                Moment.ofNullable(state.lastSuccessAt()),
                Moment.ofNullable(state.lastFailureAt()),
                state.lastFailure(),
                Moment.ofNullable(state.failingSince()),
                Moment.ofNullable(state.stoppedAt()));
    }

    private static Told told(ChannelPost.Delivery delivery) {
        String tried = delivery.attempts() == 0 ? "" : ", " + delivery.attempts() + " failed attempts";
        String state = delivery.sentAt() != null ? "delivered" : delivery.givenUpAt() != null ? "given up" : "waiting";
        return new Told(
                delivery.event(),
                delivery.eventId(),
                delivery.address(),
                delivery.requestId(),
                Moment.of(delivery.createdAt()),
                Moment.ofNullable(delivery.sentAt()),
                state + tried,
                delivery.sentAt() == null && (delivery.attempts() > 0 || delivery.givenUpAt() != null),
                delivery.failure());
    }
}
