package io.drawbridge.web.pages;

import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The way in. In the demo it lists the demo's logins; nowhere else does it name anybody. */
@Controller
class LoginPage {
    private final People people;
    private final boolean demo;
    private final boolean issuer;

    LoginPage(People people, Environment environment) {
        this.people = people;
        this.demo = environment.acceptsProfiles(Profiles.of("demo"));
        this.issuer = !environment.getProperty("drawbridge.sign-in.issuer", "").isBlank();
    }

    /** One login of the demo; its password is the short name. */
    record DemoLogin(String shortName, String name, String tenant, String part) {}

    @GetMapping("/login")
    String login(@RequestParam Map<String, String> asked, Model model) {
        model.addAttribute("failed", asked.containsKey("error"));
        model.addAttribute("loggedOut", asked.containsKey("logout"));
        model.addAttribute("refused", asked.containsKey("refused") ? reason(asked.get("refused")) : null);
        model.addAttribute("issuer", issuer);
        model.addAttribute("passwords", demo);
        model.addAttribute("demo", demo);
        model.addAttribute("logins", demo ? logins() : List.of());
        return "login";
    }

    /** Why a login that the issuer let in was refused here; nothing that stands in the address is repeated. */
    private static String reason(@Nullable String word) {
        return switch (String.valueOf(word)) {
            case "no-tenant" ->
                "Your login is right, but it names no tenant of this installation. Ask whoever runs the issuer to add it.";
            case "unknown-person" ->
                "Your login is right, but nobody of that name is known here. Ask your administrator to add you.";
            case "other-login" ->
                "Somebody else has signed in under your name before. Ask whoever runs Drawbridge to clear that, if it is yours.";
            case "unreadable" ->
                "Your login is right, but does not say who you are: a verified e-mail address and your groups have to come with it.";
            case "unavailable" -> "The issuer of logins cannot be reached at present. Try again in a moment.";
            default -> "The login did not work. Try again.";
        };
    }

    private List<DemoLogin> logins() {
        List<DemoLogin> logins = new ArrayList<>();
        people.tenants().forEach(tenant -> people.of(tenant)
                .forEach(person -> logins.add(new DemoLogin(
                        person.id().value().replaceFirst("@.*", ""), person.name(), tenant.value(), part(person)))));
        return logins;
    }

    private static String part(Person person) {
        String roles = person.roles().stream()
                .filter(role -> role != Role.REQUESTER)
                .map(role -> role.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .sorted()
                .collect(Collectors.joining(", "));
        return roles.isEmpty() ? person.groups().stream().sorted().collect(Collectors.joining(", ")) : roles;
    }
}
