package io.drawbridge.request;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Reading;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.Assignments;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.Reach;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.DecisionQuestion;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Who may decide a request, and in which order they are asked.
 *
 * <p>Everything is resolved anew in each transaction, and when one has changed the organisation: who left is gone, who
 * joined is there.
 */
@Component
public class ApproverChain {
    private final People people;
    private final Assignments assignments;
    private final Controls controls;
    private final Reach reach;
    private final Questions questions;
    private final AccessPolicies policies;
    private final Clock clock;

    ApproverChain(
            People people,
            Assignments assignments,
            Controls controls,
            Reach reach,
            Questions questions,
            AccessPolicies policies,
            Clock clock) {
        this.people = people;
        this.assignments = assignments;
        this.controls = controls;
        this.reach = reach;
        this.questions = questions;
        this.policies = policies;
        this.clock = clock;
    }

    /** Approvers of one scope who may decide. */
    public record Step(ScopeId scope, List<PersonId> people) {
        public Step {
            people = List.copyOf(people);
        }
    }

    /**
     * The scopes from the account upwards with the people who may decide, also those without anybody.
     *
     * <p>If nobody may decide anywhere on the path, the administrators stand at its root.
     */
    public List<Step> all(AccessRequest request) {
        return path(request).steps();
    }

    /** The same as {@link #all}, of which no more is resolved than is looked at. */
    ApproverPath path(AccessRequest request) {
        return Reading.once(new Whole(request.id(), request.identityUsers()), () -> resolve(request));
    }

    /** The chain of a request, as one read. */
    private record Whole(RequestId request, Set<String> identityUsers) {}

    /** NB. All scopes and people by few queries; the policy is asked later, and about nobody in vain. */
    private ApproverPath resolve(AccessRequest request) {
        ScopePath path = questions.path(request);
        Map<ScopeId, List<PersonId>> assigned = assignments.approversAt(request.tenant(), path.ids());
        List<PersonId> named =
                assigned.values().stream().flatMap(List::stream).distinct().toList();
        Control control = control(request, path);
        return new ApproverPath(
                path.ids(),
                assigned,
                named.isEmpty() ? Map.of() : people.find(request.tenant(), named),
                person -> refusal(request, path, person, true, () -> control, false)
                        .isEmpty(),
                () -> people.of(request.tenant(), Role.ADMINISTRATOR).stream()
                        .filter(person -> refusal(request, path, person, false).isEmpty())
                        .map(Person::id)
                        .toList());
    }

    /**
     * The rungs above all of these scopes.
     *
     * <p>The policy is asked about the people below only where nobody above may decide: a list shows this of every request.
     */
    public List<Step> above(AccessRequest request, List<ScopeId> asked) {
        ApproverPath path = path(request);
        int first = asked.stream().mapToInt(path.scopes()::indexOf).max().orElse(-1) + 1;
        return rungs(path.steps(first, path.scopes().size()));
    }

    /** The rungs as they would be asked now: only scopes with somebody who may decide. */
    public List<Step> rungs(AccessRequest request) {
        return rungs(all(request));
    }

    private static List<Step> rungs(List<Step> steps) {
        return steps.stream().filter(step -> !step.people().isEmpty()).toList();
    }

    /** Why this caller may not decide the request; empty if he may. */
    public Optional<String> refusal(AccessRequest request, Caller caller) {
        if (!caller.tenant().equals(request.tenant())) {
            return Optional.of("The request belongs to another organisation.");
        }
        return refusal(request, questions.path(request), caller.person(), caller.mfa());
    }

    private Optional<String> refusal(AccessRequest request, ScopePath path, Person person, boolean mfa) {
        return refusal(
                request,
                path,
                person,
                reach.isApprover(request.tenant(), person.id(), path),
                () -> control(request, path),
                mfa);
    }

    private Optional<String> refusal(
            AccessRequest request,
            ScopePath path,
            Person person,
            boolean approver,
            Supplier<Control> control,
            boolean mfa) {
        if (!person.active() || !person.tenant().equals(request.tenant())) {
            return Optional.of(person.id() + " is not a person of this organisation.");
        }
        if (!approver && !person.has(Role.ADMINISTRATOR)) {
            return Optional.of("Only an approver of account " + request.account() + ", or of a scope above it, or an"
                    + " administrator may decide.");
        }
        if (person.id().equals(request.requester()) && !(path.selfApproval() && approver)) {
            return Optional.of(
                    "Nobody decides his own request, unless he is an approver of the account and self-approval"
                            + " is on for it.");
        }
        if (!person.id().equals(request.requester()) && usedTheIdentity(request, person)) {
            return Optional.of(
                    person.id() + " has used the identity that this request is for, and so may not decide it.");
        }
        boolean permitted = policies.judge(new DecisionQuestion(
                        request.tenant(),
                        person,
                        request.id().value(),
                        request.requester(),
                        path,
                        request.entitlement(),
                        control.get(),
                        clock.instant(),
                        mfa))
                .allowed();
        return permitted
                ? Optional.empty()
                : Optional.of("The policy does not let " + person.id() + " decide this request.");
    }

    private Control control(AccessRequest request, ScopePath path) {
        return controls.effective(request.tenant(), path, request.entitlement().service())
                .control();
    }

    private static boolean usedTheIdentity(AccessRequest request, Person person) {
        String address = person.email().toLowerCase(Locale.ROOT);
        return request.identityUsers().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .anyMatch(name -> name.equals(person.id().value()) || name.equals(address));
    }
}
