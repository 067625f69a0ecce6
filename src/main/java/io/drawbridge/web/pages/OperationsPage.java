package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import io.drawbridge.operations.Backlog;
import io.drawbridge.operations.EngineRoom;
import io.drawbridge.operations.OperationsDesk;
import io.drawbridge.operations.Revocations;
import io.drawbridge.request.RequestId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** What Cockpit does not show: what is late or piles up, and the whole history of an instance, finished ones too. */
@Framed
@Controller
@RequestMapping("/operations")
class OperationsPage {
    private static final Pattern REQUEST = Pattern.compile("[0-9a-f-]{36}");

    /** How far back one may look for late revocations, and what the choice is called. */
    private static final Map<String, Duration> WINDOWS = windows();

    private final OperationsDesk desk;
    private final Clock clock;

    OperationsPage(OperationsDesk desk, Clock clock) {
        this.desk = desk;
        this.clock = clock;
    }

    private static Map<String, Duration> windows() {
        Map<String, Duration> windows = new java.util.LinkedHashMap<>();
        windows.put("hour", Duration.ofHours(1));
        windows.put("day", Duration.ofDays(1));
        windows.put("week", Duration.ofDays(7));
        windows.put("month", Duration.ofDays(30));
        windows.put("quarter", OperationsDesk.LONGEST_WINDOW);
        return windows;
    }

    /** One who reads sees the request itself only if he is of its tenant's administrators. */
    record Line(
            String tenant,
            String request,
            String grant,
            String account,
            @Nullable String state,
            Moment overAt,
            @Nullable Moment revokedAt,
            String late,
            @Nullable String failure) {}

    /** {@code request}: null if it is not a request that is stuck. */
    record Stuck(
            String tenant,
            String process,
            String instance,
            @Nullable String request,
            String step,
            String message,
            Moment since) {}

    record Due(String tenant, String process, long number, Moment since, String waits) {}

    record Pile(String title, String advice, List<Waiting> waiting) {}

    record Waiting(String tenant, long number, @Nullable Moment since) {}

    record Passage(
            String process,
            int version,
            String instance,
            Moment started,
            @Nullable Moment ended,
            boolean deleted,
            List<Step> steps,
            List<Failure> failures,
            List<Incident> incidents) {}

    /** {@code took}: null while it is there. */
    record Step(String name, String id, Moment entered, @Nullable Moment left, @Nullable String took, boolean broken) {}

    record Failure(Moment at, String step, int retriesLeft, String message) {}

    record Incident(String step, String message, Moment since, @Nullable Moment resolved) {}

    @GetMapping
    ModelAndView overview(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable String window) {
        String chosen = window != null && WINDOWS.containsKey(window) ? window : "day";
        Instant now = clock.instant();
        OperationsDesk.Overview overview =
                desk.overview(caller, now.minus(WINDOWS.getOrDefault(chosen, Duration.ofDays(1))), now);
        ModelAndView page = new ModelAndView("operations");
        page.addObject("windows", WINDOWS.keySet());
        page.addObject("window", chosen);
        page.addObject("revocations", overview.lateness().number());
        page.addObject("p50", words(overview.lateness().p50()));
        page.addObject("p95", words(overview.lateness().p95()));
        page.addObject("max", words(overview.lateness().max()));
        page.addObject(
                "latest", overview.latest().stream().map(OperationsPage::line).toList());
        page.addObject(
                "overdue", overview.overdue().stream().map(on -> line(on, now)).toList());
        page.addObject(
                "stuck", overview.troubles().stream().map(OperationsPage::stuck).toList());
        page.addObject("due", overview.due().stream().map(due -> due(due, now)).toList());
        page.addObject(
                "piles",
                overview.backlogs().stream()
                        .map(pile -> new Pile(
                                pile.title(),
                                pile.advice(),
                                pile.waiting().stream()
                                        .map(OperationsPage::waiting)
                                        .toList()))
                        .toList());
        page.addObject("executor", overview.executor());
        page.addObject("takeover", words(overview.executor().longestLock()));
        return page;
    }

    @GetMapping("/requests/{id}")
    ModelAndView history(@ModelAttribute(name = "caller", binding = false) Caller caller, @PathVariable String id) {
        OperationsDesk.Past past = desk.history(caller, new RequestId(id));
        ModelAndView page = new ModelAndView("operations-history");
        page.addObject("request", past.request().value());
        page.addObject("tenant", past.tenant().value());
        page.addObject(
                "passages",
                past.passages().stream().map(OperationsPage::passage).toList());
        return page;
    }

    private static Line line(Revocations.Late late) {
        return new Line(
                late.tenant().value(),
                late.request().value(),
                late.grant().value(),
                late.account().value(),
                null,
                Moment.of(late.overAt()),
                Moment.of(late.revokedAt()),
                words(late.lateness()),
                null);
    }

    private static Line line(Revocations.StillOn on, Instant now) {
        return new Line(
                on.tenant().value(),
                on.request().value(),
                on.grant().value(),
                on.account().value(),
                on.state().name(),
                Moment.of(on.overAt()),
                null,
                words(Duration.between(on.overAt(), now)),
                on.failure());
    }

    private static Stuck stuck(EngineRoom.Trouble trouble) {
        String key = trouble.key();
        return new Stuck(
                trouble.tenant().value(),
                trouble.process(),
                trouble.instance(),
                key != null && REQUEST.matcher(key).matches() ? key : null,
                trouble.step(),
                trouble.message(),
                Moment.of(trouble.since()));
    }

    private static Due due(EngineRoom.Due due, Instant now) {
        return new Due(
                due.tenant().value(),
                due.process(),
                due.number(),
                Moment.of(due.since()),
                words(Duration.between(due.since(), now)));
    }

    private static Waiting waiting(Backlog.Waiting waiting) {
        return new Waiting(waiting.tenant().value(), waiting.number(), Moment.ofNullable(waiting.since()));
    }

    private static Passage passage(EngineRoom.Passage passage) {
        return new Passage(
                passage.process(),
                passage.version(),
                passage.instance(),
                Moment.of(passage.started()),
                Moment.ofNullable(passage.ended()),
                passage.deleted(),
                passage.steps().stream()
                        .filter(step -> step.name() != null || !step.kind().endsWith("Gateway"))
                        .map(OperationsPage::step)
                        .toList(),
                passage.failures().stream()
                        .map(failure -> new Failure(
                                Moment.of(failure.at()), failure.step(), failure.retriesLeft(), failure.message()))
                        .toList(),
                passage.incidents().stream()
                        .map(incident -> new Incident(
                                incident.step(),
                                incident.message(),
                                Moment.of(incident.since()),
                                Moment.ofNullable(incident.resolved())))
                        .toList());
    }

    private static Step step(EngineRoom.Step step) {
        Instant left = step.left();
        return new Step(
                step.name() == null ? step.kind() : step.name(),
                step.id(),
                Moment.of(step.entered()),
                Moment.ofNullable(left),
                left == null ? null : words(Duration.between(step.entered(), left)),
                step.broken());
    }

    /** To the tenth of a second below a minute, and to the second above. */
    private static String words(Duration duration) {
        Duration shown = duration.isNegative() ? Duration.ZERO : duration;
        if (shown.compareTo(Duration.ofMinutes(1)) < 0) {
            return shown.toSeconds() + "." + shown.toMillisPart() / 100 + " s";
        }
        String words = shown.toDays() > 0 ? shown.toDays() + " d " : "";
        words += shown.toHours() > 0 ? shown.toHoursPart() + " h " : "";
        return words + shown.toMinutesPart() + " min " + shown.toSecondsPart() + " s";
    }
}
