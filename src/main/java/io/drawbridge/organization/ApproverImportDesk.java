package io.drawbridge.organization;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Assigns the approvers of many scopes in one go, after a look at what that would change. */
@Service
public class ApproverImportDesk {
    private final Scopes scopes;
    private final Assignments assignments;
    private final People people;
    private final OrganizationDesk organization;

    ApproverImportDesk(Scopes scopes, Assignments assignments, People people, OrganizationDesk organization) {
        this.scopes = scopes;
        this.assignments = assignments;
        this.people = people;
        this.organization = organization;
    }

    /**
     * What is wanted for one scope; a scope without a row stays as it is.
     *
     * @param line where it stands in what was handed in, from 1
     * @param approvers user names of all its approvers; empty for nobody
     * @param selfApproval null leaves it as it is
     */
    public record Row(int line, String scope, List<String> approvers, @Nullable Boolean selfApproval) {
        public Row {
            approvers = List.copyOf(approvers);
        }
    }

    /**
     * A row that changes something.
     *
     * @param selfApprovalBefore what is set at the scope itself; null inherits
     * @param selfApproval null leaves it as it is
     */
    public record Change(
            int line,
            Scope scope,
            List<PersonId> before,
            List<PersonId> after,
            @Nullable Boolean selfApprovalBefore,
            @Nullable Boolean selfApproval) {
        public Change {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }
    }

    /** A row that cannot be taken, and why. */
    public record Flaw(int line, String why) {}

    /**
     * What handing in these rows would do: everything if there are no flaws, else nothing.
     *
     * @param unchanged how many rows say what holds already
     */
    public record Plan(List<Change> changes, List<Flaw> flaws, int unchanged) {
        public Plan {
            changes = List.copyOf(changes);
            flaws = List.copyOf(flaws);
        }
    }

    /**
     * What {@link #apply} would do now; nothing changes.
     *
     * @throws ForbiddenException if the caller is no administrator
     */
    @Transactional(readOnly = true)
    public Plan foresee(Caller caller, List<Row> rows) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may change approvers.");
        }
        Map<String, Scope> known = scopes.of(caller.tenant()).stream()
                .collect(Collectors.toMap(scope -> scope.id().value(), Function.identity()));
        Map<ScopeId, List<PersonId>> assigned = assignments.approversAt(
                caller.tenant(), known.values().stream().map(Scope::id).toList());
        Map<PersonId, Person> everybody =
                people.of(caller.tenant()).stream().collect(Collectors.toMap(Person::id, Function.identity()));
        List<Change> changes = new ArrayList<>();
        List<Flaw> flaws = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        int unchanged = 0;
        for (Row row : rows) {
            Scope scope = known.get(row.scope());
            Integer earlier = lines.putIfAbsent(row.scope(), row.line());
            if (scope == null) {
                flaws.add(new Flaw(row.line(), "\"" + row.scope() + "\" is not a scope of this organisation."));
                continue;
            }
            if (earlier != null) {
                flaws.add(new Flaw(
                        row.line(),
                        "\"" + row.scope() + "\" stands in line " + earlier
                                + " already; keep one line for each scope."));
                continue;
            }
            List<PersonId> named = new LinkedHashSet<>(row.approvers())
                    .stream().map(PersonId::new).toList();
            Optional<PersonId> stranger = named.stream()
                    .filter(person -> {
                        Person found = everybody.get(person);
                        return found == null || !found.has(Role.REQUESTER);
                    })
                    .findFirst();
            if (stranger.isPresent()) {
                flaws.add(new Flaw(
                        row.line(),
                        "\"" + stranger.get() + "\" is not a person of this organisation; name people by user name."));
                continue;
            }
            Change change = new Change(
                    row.line(),
                    scope,
                    assigned.getOrDefault(scope.id(), List.of()),
                    named,
                    scope.selfApproval(),
                    row.selfApproval());
            if (isChange(change)) {
                changes.add(change);
            } else {
                unchanged++;
            }
        }
        return new Plan(changes, flaws, unchanged);
    }

    /**
     * Assigns what the rows say, all of it or nothing; each scope that changes is audited by itself.
     *
     * @return what was changed
     * @throws ForbiddenException if the caller is no administrator
     * @throws InvalidInputException if a row cannot be taken; named by {@code line} and its number
     */
    @Transactional
    public Plan apply(Caller caller, List<Row> rows) {
        Plan plan = foresee(caller, rows);
        if (!plan.flaws().isEmpty()) {
            Map<String, String> wrong = new LinkedHashMap<>();
            plan.flaws().forEach(flaw -> wrong.put("line " + flaw.line(), flaw.why()));
            throw new InvalidInputException(wrong);
        }
        for (Change change : plan.changes()) {
            organization.assignApprovers(caller, change.scope().id(), change.after(), false, change.selfApproval());
        }
        return plan;
    }

    /** The order in which approvers are named says nothing. */
    private static boolean isChange(Change change) {
        return !new LinkedHashSet<>(change.before()).equals(new LinkedHashSet<>(change.after()))
                || (change.selfApproval() != null && !change.selfApproval().equals(change.selfApprovalBefore()));
    }
}
