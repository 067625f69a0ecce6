package io.drawbridge.web.security;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Mention;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.security.access.AccessDeniedException;
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
    private final Admission admission;

    Callers(People people, Admission admission) {
        this.people = people;
        this.admission = admission;
    }

    /** The person has several tenants and did not say which one he means. */
    public static final class TenantMissingException extends AccessDeniedException {
        private static final long serialVersionUID = 1L;

        TenantMissingException() {
            super("You belong to several tenants; name one in the header " + TENANT_HEADER + ".");
        }
    }

    /**
     * The caller of this request.
     *
     * @throws org.springframework.security.core.AuthenticationException if nobody is signed in, or he has left
     * @throws AccessDeniedException if the tenant he names is not his, if his token makes him nobody of ours, or, as a
     *     {@link TenantMissingException}, if he has several tenants and names none
     */
    public Caller of(HttpServletRequest request) {
        if (request.getAttribute(CALLER) instanceof Caller known) {
            return known;
        }
        Caller caller = read(request);
        MDC.put(Mention.TENANT, caller.tenant().value());
        request.setAttribute(CALLER, caller);
        return caller;
    }

    /** Whether no person stands behind the call. */
    static boolean isService(@Nullable Authentication authentication) {
        return authentication instanceof BearerSignIn bearer && bearer.claims().service();
    }

    private Caller read(HttpServletRequest request) {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication == null
                || !authentication.isAuthenticated()
                || authentication instanceof AnonymousAuthenticationToken) {
            throw new AuthenticationCredentialsNotFoundException("Sign in first.");
        }
        String address = request.getRemoteAddr();
        if (authentication instanceof BearerSignIn bearer) {
            SignInClaims claims = bearer.claims();
            List<TenantId> tenants = admission.tenants(claims);
            if (tenants.isEmpty()) {
                throw new NotAdmittedException(NotAdmittedException.Reason.NO_TENANT);
            }
            TenantId tenant = tenant(request, tenants);
            return new Caller(
                    claims.service() ? service(claims, tenant) : personIn(tenant, admission.admit(claims, tenant)),
                    tenant,
                    address,
                    claims.mfa());
        }
        Person person = people.find(new PersonId(authentication.getName()))
                .filter(Person::active)
                .orElseThrow(() -> new DisabledException("This person has left."));
        boolean mfa = false;
        if (authentication.getPrincipal() instanceof SignedInUser user) {
            mfa = user.claims().mfa();
            if (!user.claims().tenants().contains(person.tenant())) {
                throw new NotAdmittedException(NotAdmittedException.Reason.UNKNOWN_PERSON);
            }
        }
        return new Caller(person, tenant(request, List.of(person.tenant())), address, mfa);
    }

    private static Person personIn(TenantId tenant, Person person) {
        if (!person.tenant().equals(tenant)) {
            throw new NotAdmittedException(NotAdmittedException.Reason.OTHER_TENANT);
        }
        return person;
    }

    private static Person service(SignInClaims claims, TenantId tenant) {
        return new Person(claims.id(), tenant, claims.name(), "", Set.of(), claims.roles(), true, "");
    }

    private static TenantId tenant(HttpServletRequest request, List<TenantId> tenants) {
        String named = request.getHeader(TENANT_HEADER);
        if (named != null) {
            return tenants.stream()
                    .filter(tenant -> tenant.value().equals(named.strip()))
                    .findFirst()
                    .orElseThrow(() -> new NotAdmittedException(NotAdmittedException.Reason.OTHER_TENANT));
        }
        if (tenants.size() != 1) {
            throw new TenantMissingException();
        }
        return tenants.get(0);
    }
}
