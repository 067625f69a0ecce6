package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.organization.NotConnectedException;
import io.drawbridge.organization.OrganizationDesk;
import io.drawbridge.organization.OrganizationUnreadableException;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.SyncDesk;
import io.drawbridge.organization.SyncReport;
import io.drawbridge.organization.TenantSettings;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.web.WrittenSettings;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

/** What a tenant can change about how Drawbridge works for it, its permission sets, and what it takes over from AWS. */
@Framed
@Controller
@RequestMapping("/settings")
class SettingsPage {
    private static final Logger log = LoggerFactory.getLogger(SettingsPage.class);
    private static final int MOST_SHOWN = 200;
    private static final String EXAMPLE = "For example 15m, 2h 30m or 7 days; ";

    private final OrganizationDesk desk;
    private final Settings settings;
    private final PermissionSets permissionSets;
    private final SyncDesk sync;

    SettingsPage(OrganizationDesk desk, Settings settings, PermissionSets permissionSets, SyncDesk sync) {
        this.desk = desk;
        this.settings = settings;
        this.permissionSets = permissionSets;
        this.sync = sync;
    }

    /**
     * One setting.
     *
     * @param name as the API names it
     * @param hint what can be typed
     * @param value as it is, or as it was typed
     * @param usual what holds until somebody changes it
     * @param choices what can be chosen; empty for a field to type into
     */
    record Field(
            String name,
            String label,
            String explanation,
            String hint,
            String value,
            String usual,
            List<String> choices,
            @Nullable String wrong) {}

    /** The settings as they were typed; what is missing stays as it is. */
    record Typed(
            @Nullable String requestUserJustification,
            @Nullable String minDuration,
            @Nullable String maxDuration,
            @Nullable String presetDuration,
            @Nullable String coolDown,
            @Nullable String propagation,
            @Nullable String maxRequestsPerIdentityAndHour,
            @Nullable String timeZone,
            @Nullable String removalGuardPercent,
            @Nullable String removalGuardCount) {

        static Typed of(TenantSettings settings) {
            return new Typed(
                    settings.requestUserJustification() ? "on" : "off",
                    words(settings.minDuration()),
                    words(settings.maxDuration()),
                    words(settings.presetDuration()),
                    words(settings.coolDown()),
                    words(settings.propagation()),
                    String.valueOf(settings.maxRequestsPerIdentityAndHour()),
                    settings.timeZone().getId(),
                    String.valueOf(settings.removalGuardPercent()),
                    String.valueOf(settings.removalGuardCount()));
        }

        /** These settings, and what holds now for whatever is not among them. */
        TenantSettings over(TenantSettings now) {
            return new WrittenSettings(
                            requestUserJustification == null ? null : requestUserJustification.equals("on"),
                            duration(minDuration),
                            duration(maxDuration),
                            duration(presetDuration),
                            duration(coolDown),
                            duration(propagation),
                            maxRequestsPerIdentityAndHour,
                            timeZone,
                            removalGuardPercent,
                            removalGuardCount)
                    .over(now, "such as 90 seconds, 15m, 2h 30m or 7 days");
        }

        /** In the form of the API; a field that was emptied is no duration. */
        private static @Nullable String duration(@Nullable String typed) {
            return typed == null || typed.isBlank() ? typed : AccessDuration.typed(typed);
        }

        /** As the form takes them again. */
        private static String words(@Nullable Duration duration) {
            return duration == null
                    ? "forever"
                    : duration.isZero()
                            ? "0 seconds"
                            : AccessDuration.of(duration).inWords();
        }

        private static String shown(@Nullable String typed, @Nullable String now) {
            return typed != null ? typed : now == null ? "" : now;
        }

        List<Field> fields(Typed now, Map<String, String> wrong) {
            Typed usual = of(TenantSettings.DEFAULT);
            return List.of(
                    new Field(
                            "requestUserJustification",
                            "Request user justification",
                            "Whether somebody whose call was denied is asked why he needs the access, and for how long."
                                    + " Off, the approvers are asked at once.",
                            "",
                            shown(requestUserJustification, now.requestUserJustification),
                            shown(usual.requestUserJustification, null),
                            List.of("on", "off"),
                            wrong.get("requestUserJustification")),
                    field(
                            "minDuration",
                            "Shortest access",
                            "The shortest access that can be asked for or given.",
                            EXAMPLE + "from 1 second to 24 hours.",
                            minDuration,
                            now.minDuration,
                            usual.minDuration,
                            wrong),
                    field(
                            "maxDuration",
                            "Longest access",
                            "The longest access that can be asked for or given, if no" + " policy says less.",
                            EXAMPLE + "or forever.",
                            maxDuration,
                            now.maxDuration,
                            usual.maxDuration,
                            wrong),
                    field(
                            "presetDuration",
                            "Access offered first",
                            "What stands in the form; the longest access" + " if that is shorter.",
                            EXAMPLE + "or forever.",
                            presetDuration,
                            now.presetDuration,
                            usual.presetDuration,
                            wrong),
                    field(
                            "coolDown",
                            "Cool-down",
                            "After a denial, an abandonment or a withdrawal, further denied"
                                    + " calls of the same kind open nothing for so long.",
                            EXAMPLE + "from 0 seconds to 7 days.",
                            coolDown,
                            now.coolDown,
                            usual.coolDown,
                            wrong),
                    field(
                            "propagation",
                            "Propagation",
                            "After access has come on, denied calls open nothing for so"
                                    + " long: AWS takes a while to know.",
                            EXAMPLE + "from 0 seconds to 1 hour.",
                            propagation,
                            now.propagation,
                            usual.propagation,
                            wrong),
                    field(
                            "maxRequestsPerIdentityAndHour",
                            "Requests in an hour",
                            "So many requests at most are opened" + " in an hour by the denied calls of one identity.",
                            "From 1 to 1000.",
                            maxRequestsPerIdentityAndHour,
                            now.maxRequestsPerIdentityAndHour,
                            usual.maxRequestsPerIdentityAndHour,
                            wrong),
                    field(
                            "timeZone",
                            "Time zone",
                            "In which mails write times. Pages show each reader his own.",
                            "For example Europe/Berlin or UTC.",
                            timeZone,
                            now.timeZone,
                            usual.timeZone,
                            wrong),
                    field(
                            "removalGuardPercent",
                            "Removals without asking, in percent",
                            "A reconciliation that finds more access without a grant than so much of the living grants,"
                                    + " and more than the number below, removes nothing and asks an administrator.",
                            "From 0 to 100.",
                            removalGuardPercent,
                            now.removalGuardPercent,
                            usual.removalGuardPercent,
                            wrong),
                    field(
                            "removalGuardCount",
                            "Removals without asking, in number",
                            "So many are removed in any case.",
                            "From 0 to 1000.",
                            removalGuardCount,
                            now.removalGuardCount,
                            usual.removalGuardCount,
                            wrong));
        }

        private static Field field(
                String name,
                String label,
                String explanation,
                String hint,
                @Nullable String typed,
                @Nullable String now,
                @Nullable String usual,
                Map<String, String> wrong) {
            return new Field(
                    name, label, explanation, hint, shown(typed, now), shown(usual, null), List.of(), wrong.get(name));
        }
    }

    /** A permission set that can be asked for. */
    record Assignable(String name, String arn, String description, String sessions, boolean closesSessions) {}

    /** What came of a synchronization, in words. */
    record Synced(
            boolean applied,
            List<String> heldBack,
            List<String> counts,
            List<SyncReport.Change> changes,
            int more,
            List<String> notes) {}

    @GetMapping
    ModelAndView read(@ModelAttribute(name = "caller", binding = false) Caller caller) {
        return page(caller, null, Map.of());
    }

    @PostMapping
    ModelAndView change(
            @ModelAttribute(name = "caller", binding = false) Caller caller, Typed typed, RedirectAttributes flash) {
        demandAdministrator(caller, "change settings");
        try {
            desk.changeSettings(caller, typed.over(settings.of(caller.tenant())));
        } catch (InvalidInputException refusal) {
            ModelAndView page = page(caller, typed, refusal.fields());
            page.setStatus(HttpStatus.UNPROCESSABLE_ENTITY);
            page.addObject("failed", "Nothing was changed; see what is wrong at each field.");
            return page;
        } catch (ConcurrencyFailureException busy) {
            return failed(
                    caller, typed, HttpStatus.CONFLICT, "Somebody else changed the settings at this very moment.");
        }
        flash.addFlashAttribute("done", "The settings are as you typed them, from now on.");
        return new ModelAndView("redirect:/settings");
    }

    @PostMapping("/permission-sets/{name}")
    ModelAndView closeSessions(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String name,
            @RequestParam boolean closesSessions,
            RedirectAttributes flash) {
        demandAdministrator(caller, "change permission sets");
        desk.closeSessions(caller, named(name), closesSessions);
        flash.addFlashAttribute(
                "done",
                closesSessions
                        ? "Sessions that began under " + name + " are closed when its grant ends."
                        : "Sessions that began under " + name + " may go on after its grant has ended.");
        return new ModelAndView("redirect:/settings");
    }

    /** Reads the organisation from AWS now; what would be held back is applied only if that was said. */
    @PostMapping("/sync")
    ModelAndView sync(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(defaultValue = "false") boolean force) {
        demandAdministrator(caller, "synchronize the organisation");
        try {
            SyncReport report = sync.sync(caller, force);
            ModelAndView page = page(caller, null, Map.of());
            page.addObject("synced", synced(report));
            return page;
        } catch (NotConnectedException refusal) {
            return failed(caller, null, HttpStatus.CONFLICT, String.valueOf(refusal.getMessage()));
        } catch (OrganizationUnreadableException unreadable) {
            log.warn("The organisation of {} could not be read.", caller.tenant(), unreadable);
            return failed(
                    caller,
                    null,
                    HttpStatus.BAD_GATEWAY,
                    "The organisation could not be read from AWS; nothing has changed. " + unreadable.getMessage());
        } catch (ConcurrencyFailureException busy) {
            return failed(
                    caller,
                    null,
                    HttpStatus.CONFLICT,
                    "The organisation is being synchronized already; nothing was done.");
        }
    }

    private static PermissionSetName named(String name) {
        try {
            return new PermissionSetName(name);
        } catch (IllegalArgumentException unreadable) {
            throw new NotFoundException("permission set", name);
        }
    }

    private static Synced synced(SyncReport report) {
        List<SyncReport.Change> first =
                report.changes().stream().limit(MOST_SHOWN).toList();
        return new Synced(
                report.applied(),
                report.heldBack().stream()
                        .map(hold -> hold.what().equals("root")
                                ? "the root would be another"
                                : hold.would() + " of " + hold.of() + " " + hold.what())
                        .toList(),
                report.counts().entrySet().stream()
                        .map(each -> each.getValue() + " × " + each.getKey().word())
                        .toList(),
                first,
                report.changes().size() - first.size(),
                report.notes().stream().limit(MOST_SHOWN).toList());
    }

    private ModelAndView failed(Caller caller, @Nullable Typed typed, HttpStatus status, String why) {
        ModelAndView page = page(caller, typed, Map.of());
        page.setStatus(status);
        page.addObject("failed", why);
        return page;
    }

    private ModelAndView page(Caller caller, @Nullable Typed typed, Map<String, String> wrong) {
        Typed now = Typed.of(settings.of(caller.tenant()));
        ModelAndView page = new ModelAndView("settings");
        page.addObject("fields", (typed == null ? now : typed).fields(now, wrong));
        page.addObject(
                "zones",
                caller.isAdministrator()
                        ? ZoneId.getAvailableZoneIds().stream().sorted().toList()
                        : List.of());
        page.addObject(
                "permissionSets",
                permissionSets.of(caller.tenant()).stream()
                        .map(set -> new Assignable(
                                set.name().name(),
                                set.arn(),
                                set.description(),
                                AccessDuration.of(set.sessionDuration()).inWords(),
                                set.closesSessions()))
                        .toList());
        return page;
    }

    private static void demandAdministrator(Caller caller, String deed) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may " + deed + ".");
        }
    }
}
