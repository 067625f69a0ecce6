package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.organization.Offers;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.Scopes;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.AlreadyOpenException;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.request.DurationOffer;
import io.drawbridge.request.LivingGrants;
import io.drawbridge.request.OpeningDesk;
import io.drawbridge.request.Preview;
import io.drawbridge.request.StatusConflictException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Asking for access by a form, with a look at what would happen before anything does. */
@Framed
@Controller
@RequestMapping("/requests/new")
class NewRequestPage {
    /** What the name of a permission set begins with, where an action could stand as well. */
    private static final String PERMISSION_SET = "permission-set/";

    private final OpeningDesk opening;
    private final Scopes scopes;
    private final Offers offers;
    private final PermissionCatalogue catalogue;
    private final AccessPolicies policies;
    private final People people;

    NewRequestPage(
            OpeningDesk opening,
            Scopes scopes,
            Offers offers,
            PermissionCatalogue catalogue,
            AccessPolicies policies,
            People people) {
        this.people = people;
        this.policies = policies;
        this.opening = opening;
        this.scopes = scopes;
        this.offers = offers;
        this.catalogue = catalogue;
    }

    /** What was typed; every field may be missing. */
    record Typed(
            @Nullable String account,
            @Nullable String permission,
            @Nullable String duration,
            @Nullable String ownDuration,
            @Nullable String justification,
            @Nullable Boolean breakGlass,
            @Nullable String ticket,
            @Nullable String identity) {

        AskForAccess ask() {
            String asked = filled(permission);
            String set =
                    asked != null && asked.startsWith(PERMISSION_SET) ? asked.substring(PERMISSION_SET.length()) : null;
            return new AskForAccess(
                    filled(account),
                    set == null ? asked : null,
                    set,
                    DurationField.read(duration, ownDuration),
                    filled(justification),
                    Boolean.TRUE.equals(breakGlass),
                    filled(ticket),
                    filled(identity));
        }

        private static @Nullable String filled(@Nullable String text) {
            return text == null || text.isBlank() ? null : text.strip();
        }
    }

    /** An account to choose. */
    record Account(String id, String name) {}

    /** What would happen, in words. */
    record Foreseen(
            String words,
            boolean denied,
            List<PolicyWords.Said> policies,
            List<String> advice,
            List<RequestViews.Level> levels,
            String longest,
            String ending,
            @Nullable String open) {}

    /** One service whose permissions can be asked for. */
    record Service(String name, String title) {}

    /**
     * Something that can be asked for.
     *
     * @param what as it is typed: an action, or a permission set
     * @param service null for a permission set
     * @param about what it is, in a line
     */
    record Offer(String what, @Nullable String service, String about) {}

    /** A link may fill the form; what would happen then is shown at once, and nothing is stored. */
    @GetMapping
    ModelAndView form(@ModelAttribute(name = "caller", binding = false) Caller caller, Typed typed) {
        return typed.account() == null || typed.permission() == null ? page(caller, typed) : preview(caller, typed);
    }

    /** What can be asked for in an account, by service; for the form's own script. */
    @GetMapping("/offers")
    @ResponseBody
    List<Offer> offers(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable String account) {
        return offered(caller, account);
    }

    @PostMapping(params = "preview")
    ModelAndView preview(@ModelAttribute(name = "caller", binding = false) Caller caller, Typed typed) {
        try {
            ModelAndView page = page(caller, typed);
            Preview preview = opening.preview(caller, typed.ask());
            page.addObject("preview", foreseen(caller, preview));
            page.addObject(
                    "durations",
                    DurationField.choices(
                            preview.durations().offered(), preview.durations().preset()));
            page.addObject("durationHint", hint(preview));
            return page;
        } catch (InvalidInputException refusal) {
            return invalid(caller, typed, refusal);
        } catch (StatusConflictException refusal) {
            return refused(caller, typed, HttpStatus.CONFLICT, String.valueOf(refusal.getMessage()));
        } catch (ForbiddenException refusal) {
            return refused(caller, typed, HttpStatus.FORBIDDEN, String.valueOf(refusal.getMessage()));
        }
    }

    @PostMapping
    ModelAndView ask(
            @ModelAttribute(name = "caller", binding = false) Caller caller, Typed typed, RedirectAttributes flash) {
        try {
            AccessRequest request = opening.ask(caller, typed.ask());
            flash.addFlashAttribute("done", "Your request is open.");
            return new ModelAndView("redirect:/requests/" + request.id());
        } catch (InvalidInputException refusal) {
            return invalid(caller, typed, refusal);
        } catch (AlreadyOpenException refusal) {
            ModelAndView page = refused(caller, typed, HttpStatus.CONFLICT, String.valueOf(refusal.getMessage()));
            page.addObject("open", refusal.open().value());
            return page;
        } catch (AccessRequests.DuplicateOpenRequestException | ConcurrencyFailureException busy) {
            return refused(
                    caller,
                    typed,
                    HttpStatus.CONFLICT,
                    "The same was asked for at this very moment. Look at the table of requests.");
        } catch (StatusConflictException refusal) {
            return refused(caller, typed, HttpStatus.CONFLICT, String.valueOf(refusal.getMessage()));
        } catch (ForbiddenException refusal) {
            return refused(caller, typed, HttpStatus.FORBIDDEN, String.valueOf(refusal.getMessage()));
        }
    }

    private ModelAndView invalid(Caller caller, Typed typed, InvalidInputException refusal) {
        ModelAndView page = refused(
                caller,
                typed,
                HttpStatus.UNPROCESSABLE_ENTITY,
                "That could not be taken; see what is wrong at each field.");
        page.addObject("wrong", DurationField.wrong(refusal));
        return page;
    }

    private ModelAndView refused(Caller caller, Typed typed, HttpStatus status, String reason) {
        ModelAndView page = page(caller, typed);
        page.setStatus(status);
        page.addObject("failed", reason);
        return page;
    }

    private ModelAndView page(Caller caller, Typed typed) {
        ModelAndView page = new ModelAndView("new-request");
        page.addObject(
                "accounts",
                scopes.of(caller.tenant()).stream()
                        .filter(scope -> scope.isAccount() && !scope.closed())
                        .map(scope -> new Account(scope.id().value(), scope.name()))
                        .sorted(Comparator.comparing(Account::name))
                        .toList());
        List<Offer> offers = offered(caller, typed.account());
        page.addObject("offers", offers);
        page.addObject("services", services(offers));
        page.addObject("durations", DurationField.choices(DurationOffer.STANDARD, DurationOffer.STANDARD.get(2)));
        page.addObject("durationHint", "such as 90m, 2h 30m, 3d or forever");
        page.addObject("typed", typed);
        page.addObject("wrong", Map.of());
        return page;
    }

    private List<Service> services(List<Offer> offers) {
        Set<String> offered =
                offers.stream().map(Offer::service).filter(Objects::nonNull).collect(Collectors.toSet());
        return catalogue.services().stream()
                .filter(service -> offered.contains(service.service()))
                .map(service -> new Service(service.service(), service.title()))
                .toList();
    }

    private List<Offer> offered(Caller caller, @Nullable String account) {
        return offers.in(caller.tenant(), account).stream()
                .map(offer -> new Offer(
                        offer.service() == null ? PERMISSION_SET + offer.name() : offer.name(),
                        offer.service(),
                        offer.about()))
                .sorted(Comparator.comparing(Offer::what))
                .toList();
    }

    private static String hint(Preview preview) {
        return "from " + preview.durations().minimum().inWords() + " to "
                + preview.durations().maximum().inWords() + ", such as 90m or 2h 30m";
    }

    private static String ending(LivingGrants.Ending ending) {
        if (ending.byItself()) {
            return "AWS ends it by itself, to the second.";
        }
        return ending.lateness().isZero()
                ? "Drawbridge takes it back at its end; the cloud does not end it by itself."
                : "Drawbridge takes it back at its end. So much waits for the cloud's quotas now that it may be "
                        + AccessDuration.of(ending.lateness().truncatedTo(ChronoUnit.SECONDS))
                                .inWords() + " late.";
    }

    private Foreseen foreseen(Caller caller, Preview preview) {
        String words =
                switch (preview.outcome()) {
                    case DENIED -> "The policy would deny it.";
                    case ASK -> "You would be asked for a justification.";
                    case AUTO -> "It would be approved at once.";
                    case BREAK_GLASS ->
                        "The glass would break: access at once, everybody is told, and a review follows.";
                    case REQUIRE -> "It would go to the approvers.";
                };
        List<RequestViews.Level> levels = new ArrayList<>();
        preview.approvers()
                .forEach(step -> levels.add(new RequestViews.Level(
                        levels.size(),
                        step.scope().value(),
                        step.people().stream()
                                .map(id -> people.find(id).map(Person::name).orElse(id.value()))
                                .collect(Collectors.joining(", ")),
                        null)));
        return new Foreseen(
                words,
                !preview.judgement().allowed(),
                PolicyWords.of(preview.judgement().policies(), policies.running(caller.tenant())),
                preview.judgement().advice(),
                levels,
                preview.durations().maximum().inWords(),
                ending(preview.ending()),
                preview.open() == null ? null : preview.open().value());
    }
}
