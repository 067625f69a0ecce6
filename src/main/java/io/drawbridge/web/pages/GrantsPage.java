package io.drawbridge.web.pages;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.GrantStateException;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Scopes;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What is open and what was: the table of grants, ending one, and ending many at once. */
@Framed
@Controller
@RequestMapping("/grants")
class GrantsPage {
    private static final int PAGE = 25;

    private static final String LIVING = "living";
    private static final String ALL = "all";

    /** What the filter offers besides single states. */
    private static final Map<String, Set<GrantState>> GROUPS = groups();

    private final GrantDesk desk;
    private final GrantViews views;
    private final Scopes scopes;
    private final People people;

    GrantsPage(GrantDesk desk, GrantViews views, Scopes scopes, People people) {
        this.desk = desk;
        this.views = views;
        this.scopes = scopes;
        this.people = people;
    }

    /** Something to choose from a list. */
    record Choice(String value, String words, boolean chosen) {}

    /**
     * Which grants are to be ended together; every field may be missing.
     *
     * @param what {@code person}, {@code scope} or {@code all}
     * @param seen fingerprint of the grants that the confirmation named
     */
    record Ending(
            @Nullable String what,
            @Nullable String person,
            @Nullable String scope,
            @Nullable String reason,
            @Nullable String seen) {
        @Nullable
        PersonId onlyPerson() {
            String given = "person".equals(what) ? Text.filled(person) : null;
            return given == null ? null : new PersonId(given);
        }

        @Nullable
        ScopeId onlyScope() {
            String given = "scope".equals(what) ? Text.filled(scope) : null;
            return given == null ? null : new ScopeId(given);
        }

        boolean all() {
            return ALL.equals(what);
        }
    }

    @GetMapping
    ModelAndView grants(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String account,
            @RequestParam(required = false) @Nullable String person,
            @RequestParam(required = false) @Nullable String cursor) {
        return table(caller, state, account, person, cursor);
    }

    @PostMapping("/{id:[0-9a-f-]{36}}/end")
    ModelAndView end(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            RedirectAttributes flash) {
        try {
            desk.endEarly(caller, new GrantId(id));
        } catch (GrantStateException late) {
            return failed(caller, HttpStatus.CONFLICT, String.valueOf(late.getMessage()));
        } catch (ConcurrencyFailureException busy) {
            return failed(
                    caller,
                    HttpStatus.CONFLICT,
                    "Somebody else changed grant \"" + id + "\" at this very moment. See how it stands now.");
        } catch (ForbiddenException refusal) {
            return failed(caller, HttpStatus.FORBIDDEN, String.valueOf(refusal.getMessage()));
        }
        flash.addFlashAttribute("done", "The access is being taken back. It is gone once the cloud has confirmed it.");
        return new ModelAndView("redirect:/grants");
    }

    @GetMapping("/revoke")
    ModelAndView revokeForm(@ModelAttribute(name = "caller", binding = false) Caller caller, Ending ending) {
        demandAdministrator(caller);
        return form(caller, ending, Map.of());
    }

    /** Shows what would end, or ends it if that is what was shown. */
    @PostMapping("/revoke")
    ModelAndView revoke(
            @ModelAttribute(name = "caller", binding = false) Caller caller, Ending ending, RedirectAttributes flash) {
        demandAdministrator(caller);
        try {
            demandOne(ending);
            List<Grant> matching =
                    desk.wouldEnd(caller, ending.onlyPerson(), ending.onlyScope(), ending.all(), ending.reason());
            String fingerprint = Text.fingerprint(
                    matching.stream().map(grant -> grant.id().value()).toList());
            if (!fingerprint.equals(ending.seen())) {
                return confirmation(caller, ending, matching, fingerprint);
            }
            int ended = desk.endAll(caller, ending.onlyPerson(), ending.onlyScope(), ending.all(), ending.reason())
                    .size();
            flash.addFlashAttribute(
                    "done",
                    (ended == 1 ? "1 grant is" : ended + " grants are")
                            + " being taken back. Each is gone once the cloud has confirmed it.");
            return new ModelAndView("redirect:/grants");
        } catch (InvalidInputException refusal) {
            ModelAndView page = form(caller, ending, refusal.fields());
            page.setStatus(HttpStatus.UNPROCESSABLE_ENTITY);
            page.addObject("failed", "That could not be taken; see what is wrong at each field.");
            return page;
        } catch (ConcurrencyFailureException busy) {
            ModelAndView page = form(caller, ending, Map.of());
            page.setStatus(HttpStatus.CONFLICT);
            page.addObject("failed", "One of the grants changed at this very moment; none was ended. Try again.");
            return page;
        }
    }

    private static void demandOne(Ending ending) {
        if ("person".equals(ending.what()) && ending.onlyPerson() == null) {
            throw new InvalidInputException("person", "is missing; give a user name.");
        }
        if ("scope".equals(ending.what()) && ending.onlyScope() == null) {
            throw new InvalidInputException("scope", "is missing; choose a scope.");
        }
    }

    private static void demandAdministrator(Caller caller) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may revoke many grants at once.");
        }
    }

    private ModelAndView confirmation(Caller caller, Ending ending, List<Grant> matching, String fingerprint) {
        ModelAndView page = new ModelAndView("grants-confirm");
        page.addObject("foreseen", views.foreseen(caller, matching));
        page.addObject("ending", ending);
        page.addObject("fingerprint", fingerprint);
        page.addObject("changed", ending.seen() != null);
        page.addObject("whose", whose(caller, ending));
        return page;
    }

    private String whose(Caller caller, Ending ending) {
        PersonId person = ending.onlyPerson();
        if (person != null) {
            return "everything of "
                    + people.find(person)
                            .map(known -> known.name() + " (" + person + ")")
                            .orElse(person.value());
        }
        ScopeId scope = ending.onlyScope();
        if (scope != null) {
            return "everything in "
                    + scopes.find(caller.tenant(), scope)
                            .map(known -> known.name() + " (" + scope + ") and below")
                            .orElse(scope.value());
        }
        return "everything in the organisation " + caller.tenant();
    }

    private ModelAndView form(Caller caller, Ending ending, Map<String, String> wrong) {
        ModelAndView page = new ModelAndView("grants-revoke");
        page.addObject("ending", ending);
        page.addObject("wrong", wrong);
        page.addObject("people", Suggestions.of(people.of(caller.tenant())));
        page.addObject("scopes", scopes.of(caller.tenant()));
        return page;
    }

    private ModelAndView failed(Caller caller, HttpStatus status, String why) {
        ModelAndView page = table(caller, null, null, null, null);
        page.setStatus(status);
        page.addObject("failed", why);
        return page;
    }

    private ModelAndView table(
            Caller caller,
            @Nullable String state,
            @Nullable String account,
            @Nullable String person,
            @Nullable String cursor) {
        String group = state == null || state.isBlank() ? LIVING : state;
        String onlyAccount = Text.filled(account);
        String onlyPerson = Text.filled(person);
        Cursor after = Cursor.read(cursor);
        List<Grant> found = desk.list(
                caller,
                states(group),
                onlyAccount == null ? null : account(caller, onlyAccount),
                onlyPerson == null ? null : new PersonId(onlyPerson),
                after == null ? null : new Grants.Position(after.at(), after.key()),
                PAGE + 1);
        List<Grant> shown = found.subList(0, Math.min(PAGE, found.size()));
        ModelAndView page = new ModelAndView("grants");
        page.addObject("lines", views.lines(caller, shown));
        page.addObject("next", found.size() > PAGE ? cursor(shown.get(shown.size() - 1)) : null);
        page.addObject("first", cursor == null);
        page.addObject("plain", group.equals(LIVING) && onlyAccount == null && onlyPerson == null && cursor == null);
        page.addObject("state", group);
        page.addObject("states", choices(group));
        page.addObject("account", onlyAccount);
        page.addObject("person", onlyPerson);
        page.addObject(
                "accounts",
                Suggestions.of(scopes.of(caller.tenant()).stream()
                        .filter(Scope::isAccount)
                        .toList()));
        page.addObject("people", caller.isAdministrator() ? Suggestions.of(people.of(caller.tenant())) : List.of());
        return page;
    }

    /** An account by its number, or by its name if exactly one has it. */
    private ScopeId account(Caller caller, String given) {
        List<Scope> named = scopes.of(caller.tenant()).stream()
                .filter(scope -> scope.isAccount() && scope.name().equalsIgnoreCase(given))
                .toList();
        return named.size() == 1 ? named.get(0).id() : new ScopeId(given);
    }

    private static String cursor(Grant last) {
        return new Cursor(last.startsAt(), last.id().value()).text();
    }

    /** An unknown state filters nothing: an old bookmark should still show something. */
    private static Set<GrantState> states(String group) {
        Set<GrantState> several = GROUPS.get(group);
        return several != null
                ? several
                : Arrays.stream(GrantState.values())
                        .filter(each -> each.name().equals(group))
                        .findFirst()
                        .map(Set::of)
                        .orElse(Set.of());
    }

    private static List<Choice> choices(String group) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put(LIVING, "living");
        words.put("may-still-be-on", "being taken back, may still be on");
        words.put("past", "past");
        words.put(ALL, "all");
        for (GrantState state : GrantState.values()) {
            words.put(state.name(), "only " + state.name());
        }
        return words.entrySet().stream()
                .map(each ->
                        new Choice(each.getKey(), each.getValue(), each.getKey().equals(group)))
                .toList();
    }

    private static Map<String, Set<GrantState>> groups() {
        Set<GrantState> living = EnumSet.noneOf(GrantState.class);
        Set<GrantState> lingering = EnumSet.noneOf(GrantState.class);
        Set<GrantState> past = EnumSet.noneOf(GrantState.class);
        for (GrantState state : GrantState.values()) {
            (state.isLiving() ? living : past).add(state);
            if (state.mayStillBeOn()) {
                lingering.add(state);
            }
        }
        return Map.of(LIVING, living, "may-still-be-on", lingering, "past", past, ALL, Set.of());
    }
}
