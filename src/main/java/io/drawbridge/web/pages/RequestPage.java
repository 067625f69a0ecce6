package io.drawbridge.web.pages;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantStateException;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.ConversationDesk;
import io.drawbridge.request.Decision;
import io.drawbridge.request.DecisionDesk;
import io.drawbridge.request.JustificationDesk;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestReader;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.ReviewDesk;
import io.drawbridge.request.StatusConflictException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
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

/**
 * One request in focus, with everything that can be done to it.
 *
 * <p>Looking decides nothing: each deed is a form of its own, sent to the same desk that the API sends it to. A deed that
 * is refused comes back with the reason and with what was typed.
 */
@Framed
@Controller
@RequestMapping("/requests/{id:[0-9a-f-]{36}}")
class RequestPage {
    private final RequestViews views;
    private final RequestReader reader;
    private final JustificationDesk justification;
    private final DecisionDesk decision;
    private final ConversationDesk conversation;
    private final ReviewDesk review;
    private final GrantDesk grantDesk;
    private final Grants grants;

    RequestPage(
            RequestViews views,
            RequestReader reader,
            JustificationDesk justification,
            DecisionDesk decision,
            ConversationDesk conversation,
            ReviewDesk review,
            GrantDesk grantDesk,
            Grants grants) {
        this.views = views;
        this.reader = reader;
        this.justification = justification;
        this.decision = decision;
        this.conversation = conversation;
        this.review = review;
        this.grantDesk = grantDesk;
        this.grants = grants;
    }

    /** What was typed into the form that was sent; every field may be missing. */
    record Typed(
            @Nullable String text,
            @Nullable String duration,
            @Nullable String ownDuration,
            @Nullable Boolean justified) {
        static final Typed NOTHING = new Typed(null, null, null, null);

        @Nullable
        String chosenDuration() {
            return DurationField.read(duration, ownDuration);
        }
    }

    @GetMapping
    ModelAndView look(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            @RequestParam(defaultValue = "false") boolean thread) {
        return page(caller, id, thread);
    }

    @PostMapping("/justify")
    ModelAndView justify(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            Typed typed,
            RedirectAttributes flash) {
        return deed("justify", caller, id, typed, flash, () -> switch (justification
                .justify(caller, new RequestId(id), typed.text(), typed.chosenDuration())
                .status()) {
            case APPROVED -> "Thank you. The policy approved the request at once; access is being opened.";
            case DENIED -> "Thank you. The policy denied the request; see why below.";
            default -> "Thank you. The request is with its approvers now.";
        });
    }

    @PostMapping("/abandon")
    ModelAndView abandon(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            RedirectAttributes flash) {
        return deed("justify", caller, id, Typed.NOTHING, flash, () -> {
            justification.abandon(caller, new RequestId(id));
            return "The request is closed; you do not need it.";
        });
    }

    @PostMapping("/cancel")
    ModelAndView cancel(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            RedirectAttributes flash) {
        return deed("cancel", caller, id, Typed.NOTHING, flash, () -> {
            justification.cancel(caller, new RequestId(id));
            return "You have withdrawn the request.";
        });
    }

    /** The policy is asked once more and may say no where the approver said yes; then the page says so. */
    @PostMapping("/approve")
    ModelAndView approve(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            Typed typed,
            RedirectAttributes flash) {
        return deed("decide", caller, id, typed, flash, () -> {
            AccessRequest decided = decision.approve(caller, new RequestId(id), typed.text(), typed.chosenDuration());
            if (decided.status() == RequestStatus.DENIED) {
                String advice = decided.decision().map(Decision::message).orElse(null);
                throw new StatusConflictException(
                        "Your approval came too late: the policy was asked again and now denies, so the request is DENIED."
                                + (advice == null ? "" : " The policy says: " + advice));
            }
            return "You approved the request; access is being opened.";
        });
    }

    @PostMapping("/deny")
    ModelAndView deny(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            Typed typed,
            RedirectAttributes flash) {
        return deed("decide", caller, id, typed, flash, () -> {
            decision.deny(caller, new RequestId(id), typed.text());
            return "You denied the request.";
        });
    }

    @PostMapping("/messages")
    ModelAndView write(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            Typed typed,
            RedirectAttributes flash) {
        return deed("message", caller, id, typed, flash, () -> {
            conversation.write(caller, new RequestId(id), typed.text());
            return "Your message is on the request.";
        });
    }

    @PostMapping("/end")
    ModelAndView end(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            RedirectAttributes flash) {
        return deed("end", caller, id, Typed.NOTHING, flash, () -> {
            reader.read(caller, new RequestId(id));
            Grant grant = grants.findByRequest(new RequestId(id)).orElseThrow(() -> new NotFoundException("grant", id));
            grantDesk.endEarly(caller, grant.id());
            return "The access is being taken back. It is gone once the cloud has confirmed it.";
        });
    }

    @PostMapping("/review")
    ModelAndView review(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String id,
            Typed typed,
            RedirectAttributes flash) {
        return deed("review", caller, id, typed, flash, () -> {
            review.review(caller, new RequestId(id), typed.text(), typed.justified());
            return "You have reviewed the access.";
        });
    }

    private ModelAndView deed(
            String form, Caller caller, String id, Typed typed, RedirectAttributes flash, Supplier<String> deed) {
        try {
            flash.addFlashAttribute("done", deed.get());
            return new ModelAndView("redirect:/requests/" + id);
        } catch (InvalidInputException refusal) {
            return refused(
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    "That could not be taken; see what is wrong at the form.",
                    DurationField.wrong(refusal),
                    form,
                    caller,
                    id,
                    typed);
        } catch (StatusConflictException | GrantStateException refusal) {
            return refused(
                    HttpStatus.CONFLICT, String.valueOf(refusal.getMessage()), Map.of(), form, caller, id, typed);
        } catch (ConcurrencyFailureException busy) {
            return refused(
                    HttpStatus.CONFLICT,
                    "Somebody else changed the request at this very moment. See how it stands now, and try again if you"
                            + " still can.",
                    Map.of(),
                    form,
                    caller,
                    id,
                    typed);
        } catch (ForbiddenException refusal) {
            return refused(
                    HttpStatus.FORBIDDEN, String.valueOf(refusal.getMessage()), Map.of(), form, caller, id, typed);
        }
    }

    /** The same page once more, as things stand now. */
    private ModelAndView refused(
            HttpStatus status,
            String reason,
            Map<String, String> fields,
            String form,
            Caller caller,
            String id,
            Typed typed) {
        ModelAndView page = page(caller, id, false);
        page.setStatus(status);
        Map<String, Object> wrong = new HashMap<>(fields);
        page.addObject("failed", reason);
        page.addObject("wrong", wrong);
        page.addObject("sent", form);
        page.addObject("typed", typed);
        // It stands at the address of the deed, where there is nothing to fetch.
        page.addObject("live", false);
        return page;
    }

    private ModelAndView page(Caller caller, String id, boolean thread) {
        ModelAndView page = new ModelAndView("request");
        page.addObject("request", views.focus(caller, new RequestId(id), thread));
        page.addObject("typed", Typed.NOTHING);
        page.addObject("wrong", Map.of());
        page.addObject("sent", "");
        // NB. An administrator's reading of the thread is recorded each time: such a page must not fetch itself again.
        page.addObject("live", !thread);
        return page;
    }
}
