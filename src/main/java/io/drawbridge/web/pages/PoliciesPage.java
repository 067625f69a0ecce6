package io.drawbridge.web.pages;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.Reach;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.Scopes;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Evaluation;
import io.drawbridge.policy.EvaluationQuestion;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.PolicyProposal;
import io.drawbridge.request.PastJudgements;
import io.drawbridge.request.ReplayDesk;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The policies that are running, what they decided lately, and a question put to them. */
@Framed
@Controller
@RequestMapping("/policies")
class PoliciesPage {
    private static final Duration LATELY = Duration.ofDays(7);
    private static final int LATEST = 25;

    /** Counting more would take longer than a page should; said on the page. */
    private static final int MOST_COUNTED = 20_000;

    private static final int LONGEST_JUSTIFICATION = 2000;
    /** Decisions that a page replays at a time; said on the page. */
    private static final int REPLAYED = 1000;

    private static final int MOST_SHOWN = 200;
    private static final int LONGEST_TICKET = 255;
    private static final int LONGEST_ADDRESS = 64;
    private static final String NONE = "none matched";

    private final AccessPolicies policies;
    private final PastJudgements judgements;
    private final ReplayDesk replays;
    private final Reach reach;
    private final Scopes scopes;
    private final People people;
    private final PermissionCatalogue catalogue;
    private final Clock clock;
    private final JsonMapper json = JsonMapper.builder().build();

    PoliciesPage(
            AccessPolicies policies,
            PastJudgements judgements,
            ReplayDesk replays,
            Reach reach,
            Scopes scopes,
            People people,
            PermissionCatalogue catalogue,
            Clock clock) {
        this.policies = policies;
        this.judgements = judgements;
        this.replays = replays;
        this.reach = reach;
        this.scopes = scopes;
        this.people = people;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    /** The question as it was typed; every field may be missing. */
    record Asked(
            @Nullable String person,
            @Nullable String account,
            @Nullable String permission,
            @Nullable String duration,
            @Nullable String justification,
            @Nullable String ticket,
            @Nullable Boolean breakGlass,
            @Nullable Boolean mfa,
            @Nullable String sourceIp) {
        static final Asked NOTHING = new Asked(null, null, null, "1h", null, null, null, null, null);
    }

    /**
     * One policy of the running set.
     *
     * @param group where it stands in the order, in words
     * @param allowed how often it was among those that allowed, lately
     * @param last when it decided last; null if not lately
     */
    record Running(
            String id,
            String effect,
            @Nullable String mode,
            String group,
            String place,
            String text,
            long allowed,
            long denied,
            @Nullable Moment last) {}

    /** One judgement of late. */
    record Latest(
            String request,
            String what,
            String person,
            Moment at,
            String occasion,
            boolean allowed,
            @Nullable String mode,
            List<String> policies,
            boolean otherSet) {}

    /** One decision that would be another with the proposed set. */
    record Change(
            String request,
            String permission,
            String account,
            @Nullable String person,
            Moment at,
            boolean widens,
            String before,
            String after,
            List<String> policiesBefore,
            List<String> policiesAfter,
            List<String> errors) {}

    /** The answer to a question, in words. */
    record Answer(
            boolean allowed,
            String words,
            @Nullable String mode,
            List<String> policies,
            @Nullable String timeout,
            @Nullable String longest,
            @Nullable String tooLong,
            List<String> advice,
            List<String> errors) {}

    @GetMapping
    ModelAndView running(@ModelAttribute(name = "caller", binding = false) Caller caller) {
        return page(caller, Asked.NOTHING);
    }

    /** Puts the question; nothing comes of it but the answer. */
    @PostMapping
    ModelAndView ask(@ModelAttribute(name = "caller", binding = false) Caller caller, Asked asked) {
        ModelAndView page = page(caller, asked);
        try {
            AccessDuration duration = demand(caller, asked);
            page.addObject("answer", answer(policies.evaluate(caller.tenant(), question(asked, duration)), duration));
        } catch (InvalidInputException refusal) {
            page.setStatus(HttpStatus.UNPROCESSABLE_ENTITY);
            page.addObject("failed", "That could not be asked; see what is wrong at each field.");
            page.addObject("wrong", refusal.fields());
        } catch (InvalidPolicyException refusal) {
            page.setStatus(HttpStatus.UNPROCESSABLE_ENTITY);
            page.addObject("failed", "Cedar does not take the question. " + refusal.getMessage());
        }
        return page;
    }

    /** What would change with a proposed set; nothing comes of it but the table. */
    @PostMapping("/replay")
    ModelAndView replay(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable String proposed,
            @RequestParam(required = false) @Nullable Long before) {
        ModelAndView page = page(caller, Asked.NOTHING);
        String text = Text.filled(proposed);
        page.addObject("proposed", text);
        if (text == null) {
            page.setStatus(HttpStatus.UNPROCESSABLE_ENTITY);
            page.addObject("failed", "Nothing was replayed: paste the policies of the proposed set.");
            return page;
        }
        try {
            ReplayDesk.Replay replay = replays.replay(
                    caller, new PolicyProposal(text, null), new ReplayDesk.Selection(null, null, before, REPLAYED));
            page.addObject("replay", replay);
            page.addObject(
                    "changes",
                    replay.differences().stream()
                            .limit(MOST_SHOWN)
                            .map(PoliciesPage::change)
                            .toList());
        } catch (InvalidPolicyException refusal) {
            page.setStatus(HttpStatus.UNPROCESSABLE_ENTITY);
            page.addObject("failed", "The proposed set is not valid. " + refusal.getMessage());
        }
        return page;
    }

    private static Change change(ReplayDesk.Difference found) {
        return new Change(
                found.request().value(),
                found.permission(),
                found.account().value(),
                found.requester() == null ? null : found.requester().value(),
                Moment.of(found.at()),
                found.direction() == ReplayDesk.Direction.WIDENS,
                words(found.before()),
                words(found.after()),
                found.before().policies().isEmpty()
                        ? List.of(NONE)
                        : found.before().policies(),
                found.after().policies().isEmpty()
                        ? List.of(NONE)
                        : found.after().policies(),
                found.after().errors());
    }

    private static String words(ReplayDesk.Answer answer) {
        AccessDuration cap = answer.maxDuration();
        return answer.word() + (cap == null ? "" : ", at most " + cap.inWords());
    }

    private AccessDuration demand(Caller caller, Asked asked) {
        Map<String, String> wrong = new LinkedHashMap<>();
        String person = Text.filled(asked.person());
        if (person == null || people.find(caller.tenant(), new PersonId(person)).isEmpty()) {
            wrong.put("person", "is not a person of this organisation; give a user name.");
        }
        String account = Text.filled(asked.account());
        if (account == null || scopes.account(caller.tenant(), account).isEmpty()) {
            wrong.put("account", "is not an account of this organisation.");
        }
        try {
            Entitlement.parse(
                    asked.permission() == null ? "" : asked.permission().strip());
        } catch (IllegalArgumentException unreadable) {
            wrong.put("permission", "is neither an IAM action, such as s3:DeleteBucket, nor permission-set/Name.");
        }
        AccessDuration duration = AccessDuration.FOREVER;
        try {
            String read = DurationField.read(null, asked.duration());
            duration = AccessDuration.parse(read == null ? "" : read);
        } catch (IllegalArgumentException unreadable) {
            wrong.put("duration", "is no duration; expected such as 90m, 2h 30m, 3d or forever.");
        }
        demandShort("justification", asked.justification(), LONGEST_JUSTIFICATION, wrong);
        demandShort("ticket", asked.ticket(), LONGEST_TICKET, wrong);
        demandShort("sourceIp", asked.sourceIp(), LONGEST_ADDRESS, wrong);
        if (!wrong.isEmpty()) {
            throw new InvalidInputException(wrong);
        }
        return duration;
    }

    private static void demandShort(String field, @Nullable String typed, int most, Map<String, String> wrong) {
        if (typed != null && typed.length() > most) {
            wrong.put(field, "must have at most " + most + " characters.");
        }
    }

    private EvaluationQuestion question(Asked asked, AccessDuration duration) {
        Instant now = clock.instant();
        ObjectNode context = json.createObjectNode();
        context.putObject("permission")
                .putObject("__entity")
                .put("type", "Drawbridge::Permission")
                .put("id", filled(asked.permission()));
        extension(context, "duration", "duration", inCedar(duration.lengthFrom(now)));
        extension(
                context,
                "now",
                "datetime",
                now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
        context.put("breakGlass", Boolean.TRUE.equals(asked.breakGlass()));
        context.put("mfa", Boolean.TRUE.equals(asked.mfa()));
        String justification = Text.filled(asked.justification());
        if (justification != null) {
            context.put("justification", justification);
        }
        String ticket = Text.filled(asked.ticket());
        if (ticket != null) {
            context.put("ticket", ticket);
        }
        String sourceIp = Text.filled(asked.sourceIp());
        if (sourceIp != null) {
            extension(context, "sourceIp", "ip", sourceIp);
        }
        return new EvaluationQuestion(
                new EntityRef("Drawbridge::User", filled(asked.person())),
                new EntityRef("Drawbridge::Action", "request_access"),
                new EntityRef("Drawbridge::Account", filled(asked.account())),
                context.toString(),
                null,
                null,
                null,
                false);
    }

    private static String filled(@Nullable String text) {
        return text == null ? "" : text.strip();
    }

    private static void extension(ObjectNode context, String field, String function, String argument) {
        context.putObject(field).putObject("__extn").put("fn", function).put("arg", argument);
    }

    /** In Cedar's notation, such as {@code 1d2h}. */
    private static String inCedar(Duration length) {
        return length.toDays() + "d" + length.toHoursPart() + "h" + length.toMinutesPart() + "m"
                + length.toSecondsPart() + "s";
    }

    private static Answer answer(Evaluation evaluation, AccessDuration asked) {
        ApprovalMode mode = evaluation.mode();
        AccessDuration cap = evaluation.maxDuration();
        Duration timeout = evaluation.timeout();
        boolean tooLong = evaluation.allowed() && cap != null && asked.compareTo(cap) > 0;
        return new Answer(
                evaluation.allowed(),
                words(evaluation.allowed(), mode, evaluation.policies().isEmpty()),
                mode == null ? null : mode.word(),
                evaluation.policies(),
                timeout == null ? null : AccessDuration.of(timeout).inWords(),
                cap == null ? null : cap.inWords(),
                tooLong && cap != null
                        ? "The request would be refused all the same: " + asked.inWords()
                                + " is longer than the cap of " + cap.inWords() + "."
                        : null,
                evaluation.advice(),
                evaluation.errors().stream()
                        .map(error -> error.policy() + ": " + error.message())
                        .toList());
    }

    private static String words(boolean allowed, @Nullable ApprovalMode mode, boolean nothingMatched) {
        if (!allowed) {
            return nothingMatched
                    ? "Denied: no policy matches, and without one the answer is no."
                    : "Denied by the policies named here.";
        }
        return switch (mode == null ? ApprovalMode.REQUIRE : mode) {
            case AUTO -> "Allowed at once, without asking anybody.";
            case REQUIRE -> "Allowed if an approver says yes.";
            case BREAK_GLASS -> "Allowed at once as an emergency: everybody is told, and a review follows.";
        };
    }

    private ModelAndView page(Caller caller, Asked asked) {
        if (!caller.isAdministrator() && !caller.has(Role.PROCESS_OWNER)) {
            throw new ForbiddenException("Only administrators and process owners read the policies.");
        }
        Instant since = clock.instant().minus(LATELY);
        AccessPolicies.PolicySetView set = policies.running(caller.tenant());
        List<PastJudgements.Count> counts = judgements.counts(caller.tenant(), since, MOST_COUNTED);
        ModelAndView page = new ModelAndView("policies");
        page.addObject("hash", set.hash());
        page.addObject("loadedAt", Moment.of(set.loadedAt()));
        page.addObject("schema", set.schema());
        page.addObject(
                "policies",
                set.policies().stream()
                        .sorted(Comparator.comparing(AccessPolicies.PolicyView::guardRail)
                                .reversed()
                                .thenComparing(PoliciesPage::priority, Comparator.reverseOrder())
                                .thenComparing(AccessPolicies.PolicyView::id))
                        .map(policy -> running(policy, counts))
                        .toList());
        page.addObject(
                "unmatched",
                counts.stream()
                        .filter(count -> count.policies().isEmpty())
                        .mapToLong(PastJudgements.Count::times)
                        .sum());
        page.addObject("latest", latest(caller, since, set.hash()));
        page.addObject("asked", asked);
        page.addObject("wrong", Map.of());
        page.addObject("people", Suggestions.of(people.of(caller.tenant(), Role.REQUESTER)));
        page.addObject(
                "accounts",
                Suggestions.of(scopes.of(caller.tenant()).stream()
                        .filter(scope -> scope.isAccount() && !scope.closed())
                        .toList()));
        page.addObject(
                "permissions",
                catalogue.services().stream()
                        .flatMap(service -> service.permissions().stream())
                        .map(permission -> permission.name().toString())
                        .sorted()
                        .toList());
        return page;
    }

    private static long priority(AccessPolicies.PolicyView policy) {
        Long priority = policy.priority();
        return priority == null ? 0 : priority;
    }

    private static Running running(AccessPolicies.PolicyView policy, List<PastJudgements.Count> counts) {
        List<PastJudgements.Count> its = counts.stream()
                .filter(count -> count.policies().contains(policy.id()))
                .toList();
        return new Running(
                policy.id(),
                policy.effect(),
                policy.mode(),
                policy.guardRail() ? "guard-rail: binds in every group" : "priority " + priority(policy),
                policy.file() + ", line " + policy.line(),
                policy.text(),
                its.stream()
                        .filter(PastJudgements.Count::allowed)
                        .mapToLong(PastJudgements.Count::times)
                        .sum(),
                its.stream()
                        .filter(count -> !count.allowed())
                        .mapToLong(PastJudgements.Count::times)
                        .sum(),
                its.stream()
                        .map(PastJudgements.Count::last)
                        .max(Comparator.naturalOrder())
                        .map(Moment::of)
                        .orElse(null));
    }

    private List<Latest> latest(Caller caller, Instant since, String hash) {
        Map<String, String> accounts = new LinkedHashMap<>();
        for (Scope scope : scopes.of(caller.tenant())) {
            accounts.put(scope.id().value(), scope.name());
        }
        return judgements
                .latest(
                        caller.tenant(),
                        caller.isAdministrator() ? null : reach.readable(caller),
                        caller.id(),
                        since,
                        LATEST)
                .stream()
                .map(past -> new Latest(
                        past.request().value(),
                        past.permission() + " in "
                                + accounts.getOrDefault(
                                        past.account().value(), past.account().value()),
                        past.requester().value(),
                        Moment.of(past.at()),
                        switch (past.occasion()) {
                            case ARRIVAL -> "on arrival";
                            case JUSTIFIED -> "when it was justified";
                            case DECISION -> "at the approval";
                        },
                        past.allowed(),
                        past.mode(),
                        past.policies().isEmpty() ? List.of(NONE) : past.policies(),
                        !past.setHash().equals(hash)))
                .toList();
    }
}
