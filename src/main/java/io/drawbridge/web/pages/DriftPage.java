package io.drawbridge.web.pages;

import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.DriftDesk;
import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindingId;
import io.drawbridge.grant.DriftFindings;
import io.drawbridge.grant.DriftStateException;
import io.drawbridge.grant.Reconciliation;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.PersonId;
import java.util.EnumSet;
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

/** In what the cloud and Drawbridge do not agree, and what an administrator does about it. */
@Framed
@Controller
@RequestMapping("/drift")
class DriftPage {
    private static final int PAGE = 25;

    /** What was seen once may be a moment between two calls, and what is closed is history. */
    private static final Set<DriftFinding.State> UNSETTLED = EnumSet.of(
            DriftFinding.State.OPEN,
            DriftFinding.State.HELD_BACK,
            DriftFinding.State.CONFIRMED,
            DriftFinding.State.KEPT);

    private final DriftDesk desk;

    DriftPage(DriftDesk desk) {
        this.desk = desk;
    }

    /** One finding; {@code choices} is empty unless it waits for one and the reader may choose. */
    record Shown(
            String id,
            String kind,
            String state,
            String subject,
            String finding,
            Moment firstSeen,
            Moment lastSeen,
            int timesSeen,
            List<String> choices,
            @Nullable String chosen,
            @Nullable String reason,
            @Nullable String by) {}

    /** What was typed about a finding that could not be taken. */
    record Typed(String id, @Nullable String choice, @Nullable String reason) {}

    @GetMapping
    ModelAndView findings(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(defaultValue = "false") boolean all,
            @RequestParam(required = false) @Nullable String cursor) {
        return page(caller, all, cursor);
    }

    @PostMapping("/{id:[0-9a-f-]{36}}/resolve")
    ModelAndView resolve(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String choice,
            @RequestParam(required = false) @Nullable String reason,
            RedirectAttributes flash) {
        try {
            desk.resolve(caller, new DriftFindingId(id), choice, reason);
        } catch (InvalidInputException refusal) {
            ModelAndView page = refused(
                    caller,
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    "That could not be taken; see what is wrong at the finding.");
            page.addObject("typed", new Typed(id, choice, reason));
            page.addObject("wrong", refusal.fields());
            return page;
        } catch (DriftStateException late) {
            return refused(caller, HttpStatus.CONFLICT, String.valueOf(late.getMessage()));
        } catch (ConcurrencyFailureException busy) {
            return refused(
                    caller, HttpStatus.CONFLICT, "Somebody else chose at this very moment. See how it stands now.");
        } catch (CloudException failed) {
            return refused(
                    caller,
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "The cloud did not take it; nothing of your choice was kept. " + failed.getMessage());
        }
        flash.addFlashAttribute("done", "You have chosen. The next sweep says whether it is settled.");
        return new ModelAndView("redirect:/drift");
    }

    @PostMapping("/reconcile")
    ModelAndView reconcile(@ModelAttribute(name = "caller", binding = false) Caller caller, RedirectAttributes flash) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may have the cloud compared now.");
        }
        try {
            flash.addFlashAttribute("done", words(desk.reconcile(caller)));
        } catch (DriftStateException busy) {
            return refused(caller, HttpStatus.CONFLICT, String.valueOf(busy.getMessage()));
        }
        return new ModelAndView("redirect:/drift");
    }

    private static String words(Reconciliation found) {
        return (found.compared() ? "Compared with the cloud: " : "The cloud could not be asked for everything: ")
                + found.missing() + " missing, " + found.foundAgain() + " found again, " + found.unexplained()
                + " unexplained, " + found.removed() + " removed, " + found.heldBack() + " held back, "
                + found.foreign()
                + " new and not ours; of grants past their end " + found.takenBack() + " taken back, "
                + found.stillOn() + " still on.";
    }

    private ModelAndView refused(Caller caller, HttpStatus status, String why) {
        ModelAndView page = page(caller, false, null);
        page.setStatus(status);
        page.addObject("failed", why);
        return page;
    }

    private ModelAndView page(Caller caller, boolean all, @Nullable String cursor) {
        Cursor after = Cursor.read(cursor);
        List<DriftFinding> found = desk.list(
                caller,
                all ? EnumSet.allOf(DriftFinding.State.class) : UNSETTLED,
                after == null ? null : new DriftFindings.Position(after.at(), after.key()),
                PAGE + 1);
        List<DriftFinding> shown = found.subList(0, Math.min(PAGE, found.size()));
        ModelAndView page = new ModelAndView("drift");
        page.addObject(
                "findings",
                shown.stream()
                        .map(finding -> shown(finding, caller.isAdministrator()))
                        .toList());
        page.addObject("next", found.size() > PAGE ? cursor(shown.get(PAGE - 1)) : null);
        page.addObject("first", cursor == null);
        page.addObject("all", all);
        page.addObject("typed", new Typed("", null, null));
        page.addObject("wrong", Map.of());
        return page;
    }

    private static String cursor(DriftFinding last) {
        return new Cursor(last.firstSeen(), last.id().value()).text();
    }

    private static Shown shown(DriftFinding finding, boolean mayChoose) {
        boolean waits = finding.state() == DriftFinding.State.OPEN || finding.state() == DriftFinding.State.HELD_BACK;
        return new Shown(
                finding.id().value(),
                switch (finding.kind()) {
                    case MISSING -> "A grant is active, and the cloud does not hold it";
                    case UNEXPLAINED -> "Access in one of our objects that no living grant explains";
                    case FOREIGN -> "Not ours, or done by somebody else to what is ours";
                    case MASS_REMOVAL -> "A sweep would have removed too much at once";
                },
                finding.state().name(),
                finding.subject(),
                finding.finding(),
                Moment.of(finding.firstSeen()),
                Moment.of(finding.lastSeen()),
                finding.timesSeen(),
                waits && mayChoose ? finding.choices() : List.of(),
                finding.choice().orElse(null),
                finding.reason().orElse(null),
                finding.resolvedBy().map(PersonId::value).orElse(null));
    }
}
