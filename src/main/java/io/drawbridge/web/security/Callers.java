package io.drawbridge.web.security;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * Says who is calling, in which tenant.
 *
 * <p>The person is read anew at each call: a role that was taken away is gone at once, and who has left is nobody although
 * his session goes on.
 */
@Component
public class Callers {
    /** Header that chooses the tenant of a call. */
    public static final String TENANT_HEADER = "X-Tenant-ID";

    private static final String CALLER = Callers.class.getName() + ".caller";

    private final People people;

    public Callers(People people) {
        this.people = people;
    }

    /** The person has several tenants and did not say which one he means. */
    public static final class TenantMissingException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TenantMissingException() {
            super("You belong to several tenants; name one in the header " + TENANT_HEADER + ".");
        }
    }

    /**
     * The caller of this request.
     *
     * @throws org.springframework.security.core.AuthenticationException if nobody is signed in, or he has left
     * @throws ForbiddenException if the tenant he names is not his
     * @throws TenantMissingException if he has several and names none
     */
    public Caller of(HttpServletRequest request) {
        if (request.getAttribute(CALLER) instanceof Caller known) {
            return known;
        }
        Caller caller = read(request);
        request.setAttribute(CALLER, caller);
        return caller;
    }

    private Caller read(HttpServletRequest request) {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication == null
                || !authentication.isAuthenticated()
                || authentication instanceof AnonymousAuthenticationToken) {
            throw new AuthenticationCredentialsNotFoundException("Sign in first.");
        }
        Person person = people.find(new PersonId(authentication.getName()))
                .filter(Person::active)
                .orElseThrow(() -> new DisabledException("This person has left."));
        return new Caller(person, tenant(request, tenantsOf(person)), request.getRemoteAddr(), false);
    }

    private static TenantId tenant(HttpServletRequest request, List<TenantId> tenants) {
        String named = request.getHeader(TENANT_HEADER);
        if (named != null) {
            return tenants.stream()
                    .filter(tenant -> tenant.value().equals(named.strip()))
                    .findFirst()
                    .orElseThrow(() -> new ForbiddenException("The tenant named in the header " + TENANT_HEADER
                            + " is not one of yours; name one of your own, or leave the header out."));
        }
        if (tenants.size() != 1) {
            throw new TenantMissingException();
        }
        return tenants.get(0);
    }

    /** A person has one tenant today. */
    private static List<TenantId> tenantsOf(Person person) {
        return List.of(person.tenant());
    }
}
