package io.drawbridge.web.pages;

import io.drawbridge.identity.ApiKey;
import io.drawbridge.identity.ApiKeyDesk;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The API keys of the tenant: made, shown once, listed and revoked; for administrators. */
@Framed
@Controller
class ApiKeysPage {
    /** Days that a key may live, for the choice on the page. */
    private static final List<Integer> LIVES = List.of(30, 90, 180, 365);

    private final ApiKeyDesk keys;
    private final Clock clock;

    ApiKeysPage(ApiKeyDesk keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * One key.
     *
     * @param state in words: open, expired, or by whom it was revoked
     */
    record Shown(
            String id,
            String name,
            String roles,
            String createdBy,
            Moment createdAt,
            Moment expiresAt,
            String state,
            boolean open) {}

    @GetMapping("/api-keys")
    String list(@ModelAttribute(name = "caller", binding = false) Caller caller, Model model) {
        return page(caller, model, Map.of(), "", null);
    }

    @PostMapping("/api-keys")
    String make(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable String name,
            @RequestParam(required = false) @Nullable Set<String> roles,
            @RequestParam(defaultValue = "0") int days,
            Model model,
            HttpServletResponse response) {
        try {
            Instant end = LIVES.contains(days) ? clock.instant().plus(Duration.ofDays(days)) : null;
            // NB. No redirect: the secret is in this one answer, and would otherwise have to be kept for the next.
            return page(
                    caller,
                    model,
                    Map.of(),
                    "",
                    keys.make(caller, name, roles(roles), end).text());
        } catch (InvalidInputException invalid) {
            response.setStatus(HttpStatus.UNPROCESSABLE_ENTITY.value());
            return page(caller, model, invalid.fields(), name == null ? "" : name, null);
        }
    }

    @PostMapping("/api-keys/{id}/revoke")
    String revoke(@ModelAttribute(name = "caller", binding = false) Caller caller, @PathVariable String id) {
        keys.revoke(caller, id);
        return "redirect:/api-keys";
    }

    private String page(Caller caller, Model model, Map<String, String> wrong, String name, @Nullable String secret) {
        Instant now = clock.instant();
        model.addAttribute(
                "keys", keys.list(caller).stream().map(key -> shown(key, now)).toList());
        model.addAttribute("lives", LIVES);
        model.addAttribute(
                "offered",
                Arrays.stream(Role.values())
                        .filter(role -> role == Role.INTAKE
                                || ((role == Role.OPERATIONS || role == Role.PROCESS_OWNER) && caller.has(role)))
                        .map(role -> Map.entry(role.name(), words(role)))
                        .toList());
        model.addAttribute("wrong", wrong);
        model.addAttribute("typed", name);
        model.addAttribute("secret", secret);
        return "api-keys";
    }

    private static @Nullable Set<Role> roles(@Nullable Set<String> names) {
        return names == null
                ? null
                : Arrays.stream(Role.values())
                        .filter(role -> names.contains(role.name()))
                        .collect(Collectors.toSet());
    }

    private static Shown shown(ApiKey key, Instant now) {
        PersonId by = key.revokedBy();
        String state = by != null ? "revoked by " + by : key.opens(now) ? "open" : "expired";
        return new Shown(
                key.id(),
                key.name(),
                key.roles().stream().map(ApiKeysPage::words).sorted().collect(Collectors.joining(", ")),
                key.createdBy().value(),
                Moment.of(key.createdAt()),
                Moment.of(key.expiresAt()),
                state,
                key.opens(now));
    }

    private static String words(Role role) {
        return role.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
