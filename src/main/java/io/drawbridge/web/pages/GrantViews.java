package io.drawbridge.web.pages;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantId;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.Scopes;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Puts grants into words. */
@Component
class GrantViews {
    private static final int FIRST_OF_MANY = 20;

    private final GrantDesk desk;
    private final Scopes scopes;
    private final People people;

    GrantViews(GrantDesk desk, Scopes scopes, People people) {
        this.desk = desk;
        this.scopes = scopes;
        this.people = people;
    }

    /**
     * One line of the table.
     *
     * @param endsAt null for one that was given forever
     * @param living whether the cloud may still hold something of it
     * @param ending how it is taken back; null once it is gone
     * @param why why it ended early, and by whom; null if it did not
     * @param endable whether the reader may end it now
     */
    record Line(
            String id,
            String request,
            String what,
            String account,
            String person,
            @Nullable String identity,
            String state,
            boolean mayStillBeOn,
            boolean living,
            boolean breakGlass,
            Moment startsAt,
            @Nullable Moment endsAt,
            @Nullable String ending,
            @Nullable Moment revokedAt,
            @Nullable Moment missingSince,
            @Nullable Moment sessionsUntil,
            @Nullable String why,
            @Nullable String failure,
            boolean endable) {}

    /** How many grants of one person, or in one account. */
    record Share(String of, int grants) {}

    /**
     * What ending many would do.
     *
     * @param first the newest of them, one by one
     * @param more how many are not named one by one
     */
    record Foreseen(int grants, List<Share> people, List<Share> accounts, List<Line> first, int more) {}

    List<Line> lines(Caller caller, List<Grant> found) {
        Set<GrantId> endable = desk.endable(caller, found);
        Map<String, String> accounts = accountNames(caller.tenant());
        Map<PersonId, String> names = new HashMap<>();
        return found.stream()
                .map(grant -> line(grant, accounts, names, endable.contains(grant.id())))
                .toList();
    }

    Foreseen foreseen(Caller caller, List<Grant> matching) {
        Map<String, String> accounts = accountNames(caller.tenant());
        Map<PersonId, String> names = new HashMap<>();
        List<Grant> first = matching.subList(0, Math.min(FIRST_OF_MANY, matching.size()));
        return new Foreseen(
                matching.size(),
                shares(matching, grant -> personName(grant.person(), names)),
                shares(matching, grant -> accountName(grant, accounts)),
                lines(caller, first),
                matching.size() - first.size());
    }

    private static List<Share> shares(List<Grant> matching, Function<Grant, String> of) {
        return matching.stream()
                .collect(Collectors.groupingBy(of, Collectors.summingInt(grant -> 1)))
                .entrySet()
                .stream()
                .map(each -> new Share(each.getKey(), each.getValue()))
                .sorted(Comparator.comparing(Share::grants).reversed().thenComparing(Share::of))
                .toList();
    }

    private Line line(Grant grant, Map<String, String> accounts, Map<PersonId, String> names, boolean endable) {
        boolean living = grant.state().isLiving();
        String identity = grant.identity().name();
        return new Line(
                grant.id().value(),
                grant.request().value(),
                grant.entitlement().toString(),
                accountName(grant, accounts),
                personName(grant.person(), names),
                identity.equals(grant.person().value()) ? null : identity,
                grant.state().name(),
                grant.state().mayStillBeOn(),
                living,
                grant.breakGlass(),
                Moment.of(grant.startsAt()),
                Moment.unlessForever(grant.endsAt()),
                living ? ending(grant) : null,
                Moment.ofNullable(grant.revokedAt().orElse(null)),
                Moment.ofNullable(grant.missingSince().orElse(null)),
                Moment.ofNullable(grant.sessionsUntil().orElse(null)),
                why(grant),
                grant.failure().orElse(null),
                endable);
    }

    private static @Nullable String why(Grant grant) {
        String reason = grant.endReason().orElse(null);
        String by = grant.endedBy()
                .filter(each -> !each.equals(AuditTrail.DRAWBRIDGE))
                .orElse(null);
        return reason == null || by == null || reason.contains(by) ? reason : by + ": " + reason;
    }

    private String ending(Grant grant) {
        return desk.ending(grant).byItself()
                ? "by AWS itself, at its end"
                : "by Drawbridge; the cloud does not end it by itself";
    }

    private static String accountName(Grant grant, Map<String, String> accounts) {
        String id = grant.account().value();
        String name = accounts.get(id);
        return name == null || name.equals(id) ? id : name + " (" + id + ")";
    }

    private Map<String, String> accountNames(TenantId tenant) {
        return scopes.of(tenant).stream()
                .filter(Scope::isAccount)
                .collect(Collectors.toMap(scope -> scope.id().value(), Scope::name));
    }

    private String personName(PersonId id, Map<PersonId, String> names) {
        return names.computeIfAbsent(id, person -> people.find(person)
                .map(Person::name)
                .map(name -> name + " (" + person + ")")
                .orElse(person.value()));
    }
}
