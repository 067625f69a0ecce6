package io.drawbridge.web.security;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Role;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.stereotype.Component;

/**
 * Whom a door lets in, by the roles that he has at this moment and not by those that he had when he signed in.
 *
 * <p>Each of its rules needs a caller in a tenant of his own first; see {@link Callers#of}.
 */
@Component
class Door {
    /** Everybody but a service: who hands in events has no other part here. */
    private static final Role[] PEOPLE = {Role.REQUESTER, Role.ADMINISTRATOR, Role.OPERATIONS, Role.PROCESS_OWNER};

    private final Callers callers;

    Door(Callers callers) {
        this.callers = callers;
    }

    /** Whoever is known here, services included. */
    AuthorizationManager<RequestAuthorizationContext> known() {
        return only(true, Role.values());
    }

    /** Whoever has one of the roles in the tenant of the call. */
    AuthorizationManager<RequestAuthorizationContext> only(Role... roles) {
        return only(true, roles);
    }

    /** People, and services with a role that people have. */
    AuthorizationManager<RequestAuthorizationContext> everybody() {
        return only(true, PEOPLE);
    }

    /** People alone: the engine, and whoever wants to see a page. */
    AuthorizationManager<RequestAuthorizationContext> people() {
        return only(false, PEOPLE);
    }

    private AuthorizationManager<RequestAuthorizationContext> only(boolean services, Role... roles) {
        Set<Role> wanted = EnumSet.copyOf(Arrays.asList(roles));
        return (signIn, call) -> {
            Authentication authentication = signIn.get();
            if (authentication == null
                    || !authentication.isAuthenticated()
                    || authentication instanceof AnonymousAuthenticationToken) {
                return new AuthorizationDecision(false);
            }
            Caller caller = callers.of(call.getRequest());
            if (!services && Callers.isService(authentication)) {
                throw new NotAdmittedException(NotAdmittedException.Reason.SERVICE);
            }
            return new AuthorizationDecision(wanted.stream().anyMatch(caller::has));
        };
    }
}
