package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.Scopes;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.AccessRequests.Narrowing;
import io.drawbridge.request.DecisionDesk;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestReader;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.StatusConflictException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/** The table of requests, with what waits for the caller on top. */
@Framed
@Controller
class RequestsPage {
    private static final int PAGE = 25;

    /** So many approved requests are looked through for reviews that wait for the caller. */
    private static final int LOOKED_THROUGH = 100;

    /** So many requests at most are denied at once. */
    private static final int DENIED_AT_ONCE = 100;

    private final RequestReader reader;
    private final RequestViews views;
    private final DecisionDesk decisions;
    private final Scopes scopes;
    private final PermissionCatalogue catalogue;
    private final People people;

    RequestsPage(
            RequestReader reader,
            RequestViews views,
            DecisionDesk decisions,
            Scopes scopes,
            PermissionCatalogue catalogue,
            People people) {
        this.reader = reader;
        this.views = views;
        this.decisions = decisions;
        this.scopes = scopes;
        this.catalogue = catalogue;
        this.people = people;
    }

    /**
     * What the table is narrowed to; every field may be missing or nonsense.
     *
     * @param show {@code mine} or {@code decide}
     * @param requester a user name, or the part of it before the {@code @}
     */
    record Filter(
            @Nullable String show,
            @Nullable String status,
            @Nullable String account,
            @Nullable String service,
            @Nullable String requester,
            @Nullable String q) {

        Filter {
            show = filled(show);
            status = filled(status);
            account = filled(account);
            service = filled(service);
            requester = filled(requester);
            q = filled(q);
        }

        /** Whether it leaves everything. */
        public boolean none() {
            return show == null
                    && status == null
                    && account == null
                    && service == null
                    && requester == null
                    && q == null;
        }

        /** An unknown status filters nothing: an old bookmark should still show something. */
        Set<RequestStatus> statuses() {
            return Arrays.stream(RequestStatus.values())
                    .filter(each -> each.name().equals(status))
                    .findFirst()
                    .map(Set::of)
                    .orElse(Set.of());
        }

        /** The address of a page of the table. */
        String address(@Nullable String cursor) {
            UriComponentsBuilder address = UriComponentsBuilder.fromPath("/requests");
            add(address, "show", show);
            add(address, "status", status);
            add(address, "account", account);
            add(address, "service", service);
            add(address, "requester", requester);
            add(address, "q", q);
            add(address, "cursor", cursor);
            return address.encode().build().toUriString();
        }

        private static void add(UriComponentsBuilder address, String name, @Nullable String value) {
            if (value != null) {
                address.queryParam(name, "{" + name + "}").uriVariables(java.util.Map.of(name, value));
            }
        }

        private static @Nullable String filled(@Nullable String text) {
            return text == null || text.isBlank() ? null : text.strip();
        }
    }

    /** An account to choose. */
    record Account(String id, String name) {}

    /** How it went with one of several requests. */
    record Outcome(String id, String what, boolean done, String words) {}

    @GetMapping("/")
    String home() {
        return "redirect:/requests";
    }

    @GetMapping("/requests")
    String requests(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            Filter filter,
            @RequestParam(required = false) @Nullable String cursor,
            Model model) {
        List<AccessRequest> found = find(caller, filter, position(cursor));
        List<AccessRequest> shown = found.subList(0, Math.min(PAGE, found.size()));
        boolean plain = filter.none() && cursor == null;
        model.addAttribute("waiting", plain ? waiting(caller) : List.of());
        model.addAttribute("lines", views.lines(caller, shown));
        model.addAttribute("next", found.size() > PAGE ? filter.address(cursor(shown.get(shown.size() - 1))) : null);
        model.addAttribute("newest", cursor == null ? null : filter.address(null));
        model.addAttribute("plain", plain);
        model.addAttribute("filter", filter);
        model.addAttribute("statuses", RequestStatus.values());
        model.addAttribute(
                "accounts",
                scopes.of(caller.tenant()).stream()
                        .filter(Scope::isAccount)
                        .map(scope -> new Account(scope.id().value(), scope.name()))
                        .sorted(Comparator.comparing(Account::name))
                        .toList());
        model.addAttribute(
                "services",
                catalogue.services().stream()
                        .map(PermissionCatalogue.CataloguedService::service)
                        .sorted()
                        .toList());
        return "requests";
    }

    /** Each by itself: what cannot be denied any more keeps none of the others from it. */
    @PostMapping("/requests/deny")
    String deny(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(name = "request", required = false) @Nullable List<String> chosen,
            @RequestParam(required = false) @Nullable String text,
            RedirectAttributes flash) {
        if (chosen == null || chosen.isEmpty()) {
            flash.addFlashAttribute("failed", "Nothing was denied: choose the requests first.");
            flash.addFlashAttribute("text", text);
            return "redirect:/requests";
        }
        if (chosen.size() > DENIED_AT_ONCE) {
            flash.addFlashAttribute(
                    "failed", "Nothing was denied: choose " + DENIED_AT_ONCE + " requests at most at once.");
            return "redirect:/requests";
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (String id : new LinkedHashSet<>(chosen)) {
            outcomes.add(deny(caller, id, text));
        }
        flash.addFlashAttribute("outcomes", outcomes);
        if (!outcomes.stream().allMatch(Outcome::done)) {
            flash.addFlashAttribute("text", text);
        }
        return "redirect:/requests";
    }

    private Outcome deny(Caller caller, String id, @Nullable String text) {
        String what = id;
        try {
            AccessRequest request =
                    reader.read(caller, new RequestId(UUID.fromString(id).toString()));
            what = request.entitlement() + " of " + request.requester();
            decisions.deny(caller, request.id(), text);
            return new Outcome(id, what, true, "denied");
        } catch (InvalidInputException refusal) {
            return new Outcome(
                    id,
                    what,
                    false,
                    "not denied: the message "
                            + String.join("; ", refusal.fields().values()));
        } catch (StatusConflictException | ForbiddenException refusal) {
            return new Outcome(id, what, false, "not denied: " + refusal.getMessage());
        } catch (NotFoundException | IllegalArgumentException unknown) {
            return new Outcome(id, what, false, "not denied: there is no such request, or it is not for you to see.");
        } catch (ConcurrencyFailureException busy) {
            return new Outcome(id, what, false, "not denied: somebody else changed it at this very moment.");
        }
    }

    private List<AccessRequest> find(Caller caller, Filter filter, AccessRequests.@Nullable Position before) {
        PersonId requester = filter.requester() == null ? null : person(caller, filter.requester());
        if ("mine".equals(filter.show())) {
            if (requester != null && !requester.equals(caller.id())) {
                return List.of();
            }
            requester = caller.id();
        }
        return reader.list(
                caller,
                filter.statuses(),
                filter.account(),
                requester,
                filter.q(),
                new Narrowing(filter.service(), "decide".equals(filter.show()) ? caller.id() : null),
                before,
                PAGE + 1);
    }

    private PersonId person(Caller caller, String named) {
        if (named.contains("@")) {
            return new PersonId(named);
        }
        Optional<PersonId> known = people.of(caller.tenant()).stream()
                .map(Person::id)
                .filter(id -> id.value().startsWith(named.toLowerCase(java.util.Locale.ROOT) + "@"))
                .findFirst();
        return known.orElseGet(() -> new PersonId(named));
    }

    /** The newest of what is with the caller as an approver, of what he has to justify, and of what he has to review. */
    private List<RequestViews.Line> waiting(Caller caller) {
        List<AccessRequest> candidates = new ArrayList<>(reader.list(
                caller, Set.of(), null, null, null, new Narrowing(null, caller.id()), null, LOOKED_THROUGH));
        candidates.addAll(
                reader.list(caller, Set.of(RequestStatus.REQUESTED), null, caller.id(), null, null, LOOKED_THROUGH));
        candidates.addAll(
                reader.list(caller, Set.of(RequestStatus.APPROVED), null, null, null, null, LOOKED_THROUGH).stream()
                        .filter(request -> request.reviewDueAt().isPresent()
                                && request.review().isEmpty())
                        .toList());
        return views.lines(caller, candidates).stream()
                .filter(RequestViews.Line::waits)
                .toList();
    }

    private static String cursor(AccessRequest last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((last.createdAt() + "|" + last.id()).getBytes(StandardCharsets.UTF_8));
    }

    /** The place that a cursor names; one that cannot be read leads to the first page. */
    private static AccessRequests.@Nullable Position position(@Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split("\\|", 2);
            return parts.length == 2 ? new AccessRequests.Position(Instant.parse(parts[0]), parts[1]) : null;
        } catch (IllegalArgumentException | DateTimeException unreadable) {
            return null;
        }
    }
}
