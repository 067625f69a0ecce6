package io.drawbridge.web.pages;

import io.drawbridge.grant.GrantStateException;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.Assignments;
import io.drawbridge.request.StatusConflictException;
import jakarta.servlet.http.HttpServletRequest;
import java.beans.PropertyEditorSupport;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.servlet.ModelAndView;

/** What stands around every page behind the login: who is signed in, where he can go, and what to say when it fails. */
@ControllerAdvice(annotations = Framed.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class Frame {
    private final SignedIn signedIn;
    private final Assignments assignments;
    private final boolean demo;

    Frame(SignedIn signedIn, Assignments assignments, Environment environment) {
        this.signedIn = signedIn;
        this.assignments = assignments;
        this.demo = environment.acceptsProfiles(Profiles.of("demo"));
    }

    /**
     * Who looks, and what he is shown of the navigation.
     *
     * @param organization whether a part of the tree is his to read
     * @param policies whether the running policies are his to read
     * @param drift whether what does not agree with the cloud is his to read
     * @param operations whether he watches the whole installation
     * @param cockpit whether Camunda's Cockpit lets him in
     */
    record Viewer(
            String id,
            String name,
            String tenant,
            boolean administrator,
            boolean organization,
            boolean policies,
            boolean drift,
            boolean operations,
            boolean cockpit) {}

    @ModelAttribute("caller")
    Caller caller(HttpServletRequest request) {
        return signedIn.caller(request);
    }

    @ModelAttribute("viewer")
    Viewer viewer(@ModelAttribute(name = "caller", binding = false) Caller caller) {
        return new Viewer(
                caller.id().value(),
                caller.person().name(),
                caller.tenant().value(),
                caller.isAdministrator(),
                caller.isAdministrator() || isAssigned(caller),
                caller.has(Role.ADMINISTRATOR) || caller.has(Role.PROCESS_OWNER),
                caller.has(Role.ADMINISTRATOR) || caller.has(Role.OPERATIONS),
                caller.has(Role.OPERATIONS),
                caller.has(Role.OPERATIONS) || caller.has(Role.ADMINISTRATOR) || caller.has(Role.PROCESS_OWNER));
    }

    private boolean isAssigned(Caller caller) {
        return !assignments.approves(caller.tenant(), caller.id()).isEmpty()
                || !assignments.views(caller.tenant(), caller.id()).isEmpty();
    }

    /** Where the page stands, for the navigation to mark it. */
    @ModelAttribute("here")
    String here(HttpServletRequest request) {
        return request.getRequestURI().substring(request.getContextPath().length());
    }

    @ModelAttribute("demo")
    boolean demo() {
        return demo;
    }

    @ExceptionHandler(NotFoundException.class)
    ModelAndView notFound(NotFoundException failure) {
        return page("error/404", HttpStatus.NOT_FOUND, failure);
    }

    @ExceptionHandler(ForbiddenException.class)
    ModelAndView forbidden(ForbiddenException failure) {
        return page("error/403", HttpStatus.FORBIDDEN, failure);
    }

    @ExceptionHandler({InvalidInputException.class, StatusConflictException.class, GrantStateException.class})
    ModelAndView refused(RuntimeException failure) {
        return page("error/4xx", HttpStatus.CONFLICT, failure);
    }

    /** Whoever comes second may try again; what the database says of it is for the log. */
    @ExceptionHandler(ConcurrencyFailureException.class)
    ModelAndView busy(ConcurrencyFailureException failure) {
        return page(
                "error/4xx",
                HttpStatus.CONFLICT,
                new StatusConflictException(
                        "Somebody else changed the same at this very moment. Nothing of what you sent was kept; look again."));
    }

    /** What no database keeps does not arrive from a form: PostgreSQL refuses a text with a null character. */
    @InitBinder
    void storable(WebDataBinder binder) {
        binder.registerCustomEditor(String.class, new PropertyEditorSupport() {
            @Override
            public void setAsText(String text) {
                setValue(text.replace('\0', '\uFFFD'));
            }
        });
    }

    private static ModelAndView page(String view, HttpStatus status, RuntimeException failure) {
        ModelAndView page = new ModelAndView(view, status);
        page.addObject("reason", failure.getMessage());
        return page;
    }
}
