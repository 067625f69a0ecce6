package io.drawbridge.notification;

import io.drawbridge.identity.People;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Settings;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.Identity;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** A request in words, the same in mail and chat. */
@Component
public class RequestWords {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm:ss z", Locale.ENGLISH);

    private final People people;
    private final Scopes scopes;
    private final Settings settings;

    RequestWords(People people, Scopes scopes, Settings settings) {
        this.people = people;
        this.scopes = scopes;
        this.settings = settings;
    }

    /** What every message about a request says, in the words of the field. */
    public Map<String, String> facts(AccessRequest request) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Requester", request.requester().value());
        facts.put(
                "Identity",
                request.identity().name() + " (" + kind(request.identity().type()) + ")");
        facts.put("Identity ARN", request.identity().arn());
        if (request.entitlement() instanceof PermissionSetName set) {
            facts.put("Permission set", set.name());
        } else {
            facts.put("Privileged permission", request.entitlement().toString());
            facts.put("Service", request.entitlement().service());
        }
        facts.put("Account", account(request));
        facts.put("Scope", request.scopePath());
        facts.put(
                "Asked duration",
                request.requestedDuration().map(AccessDuration::inWords).orElse("not said yet"));
        facts.put("Request id", request.id().value());
        return facts;
    }

    /** What is asked for, and where; in one line. */
    public String what(AccessRequest request) {
        return request.entitlement() + " in " + accountName(request);
    }

    private String account(AccessRequest request) {
        return accountName(request) + " (" + request.account() + ")";
    }

    private String accountName(AccessRequest request) {
        return scopes.find(request.tenant(), request.account())
                .map(Scope::name)
                .orElse(request.account().value());
    }

    /** The people by name, with their ids. */
    public String names(TenantId tenant, Collection<PersonId> persons) {
        return persons.stream()
                .map(id -> people.find(tenant, id)
                        .map(person -> person.name() + " (" + id + ")")
                        .orElse(id.value()))
                .collect(Collectors.joining(", "));
    }

    /** In the tenant's time zone, with the zone named. */
    public String moment(TenantId tenant, Instant at) {
        if (at.equals(AccessDuration.FOREVER_END)) {
            return "never; it is given forever";
        }
        ZoneId zone = settings.of(tenant).timeZone();
        return MOMENT.format(at.atZone(zone)) + " (" + zone.getId() + ")";
    }

    private static String kind(Identity.Type type) {
        return switch (type) {
            case SSO_USER -> "IAM Identity Center user";
            case IAM_USER -> "IAM user";
            case IAM_ROLE -> "IAM role";
        };
    }
}
