package io.drawbridge.web.pages;

import io.drawbridge.grant.GrantStateException;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.Role;
import io.drawbridge.request.StatusConflictException;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.servlet.ModelAndView;

/** What stands around every page behind the login: who is signed in, where he can go, and what to say when it fails. */
@ControllerAdvice(
        assignableTypes = {
            RequestsPage.class,
            RequestPage.class,
            NewRequestPage.class,
            NoticesPage.class,
            ApiKeysPage.class
        })
@Order(Ordered.HIGHEST_PRECEDENCE)
class Frame {
    private final SignedIn signedIn;
    private final boolean demo;

    Frame(SignedIn signedIn, Environment environment) {
        this.signedIn = signedIn;
        this.demo = environment.acceptsProfiles(Profiles.of("demo"));
    }

    /**
     * Who looks, and what he is shown of the navigation.
     *
     * @param cockpit whether Camunda's Cockpit lets him in
     */
    record Viewer(String id, String name, String tenant, boolean administrator, boolean cockpit) {}

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
                caller.person().has(Role.OPERATIONS)
                        || caller.person().has(Role.ADMINISTRATOR)
                        || caller.person().has(Role.PROCESS_OWNER));
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

    private static ModelAndView page(String view, HttpStatus status, RuntimeException failure) {
        ModelAndView page = new ModelAndView(view, status);
        page.addObject("reason", failure.getMessage());
        return page;
    }
}
