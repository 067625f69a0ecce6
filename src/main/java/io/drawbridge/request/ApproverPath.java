package io.drawbridge.request;

import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.ScopeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The scopes from an account upwards with those who may decide a request, counted from 0 for the account itself.
 *
 * <p>Whether somebody may decide is asked when it matters, and of each person once, though he may stand at several scopes:
 * most requests are decided where they are asked first, and nobody above has to be judged for that. For one transaction.
 */
final class ApproverPath {
    private final List<ScopeId> scopes;
    private final Map<ScopeId, List<PersonId>> assigned;
    private final Map<PersonId, Person> people;
    private final Predicate<Person> mayDecide;
    private final Supplier<List<PersonId>> administrators;
    private final Map<PersonId, Boolean> able = new HashMap<>();
    private @Nullable List<PersonId> ableAdministrators;

    /**
     * @param people those who are assigned, as far as they are known
     * @param administrators those who may decide if nobody on the path may
     */
    ApproverPath(
            List<ScopeId> scopes,
            Map<ScopeId, List<PersonId>> assigned,
            Map<PersonId, Person> people,
            Predicate<Person> mayDecide,
            Supplier<List<PersonId>> administrators) {
        this.scopes = List.copyOf(scopes);
        this.assigned = assigned;
        this.people = people;
        this.mayDecide = mayDecide;
        this.administrators = administrators;
    }

    /** All scopes, also those without anybody. */
    List<ScopeId> scopes() {
        return scopes;
    }

    /** Who may decide at that place; the administrators at the root, if nobody may anywhere. */
    List<PersonId> peopleAt(int place) {
        List<PersonId> own = ownAt(place);
        boolean forsaken = own.isEmpty()
                && place == scopes.size() - 1
                && IntStream.range(0, place).allMatch(below -> ownAt(below).isEmpty());
        return forsaken ? administrators() : own;
    }

    ApproverChain.Step stepAt(int place) {
        return new ApproverChain.Step(scopes.get(place), peopleAt(place));
    }

    /** The steps from the first place up to before the last one, also those without anybody. */
    List<ApproverChain.Step> steps(int first, int last) {
        return IntStream.range(first, last).mapToObj(this::stepAt).toList();
    }

    List<ApproverChain.Step> steps() {
        return steps(0, scopes.size());
    }

    /** The lowest place from that one upwards with somebody who may decide; nobody above it is judged. */
    Optional<Integer> nextFrom(int first) {
        return IntStream.range(first, scopes.size())
                .boxed()
                .filter(place -> !peopleAt(place).isEmpty())
                .findFirst();
    }

    private List<PersonId> ownAt(int place) {
        return assigned.getOrDefault(scopes.get(place), List.of()).stream()
                .filter(this::isAble)
                .toList();
    }

    private List<PersonId> administrators() {
        List<PersonId> known = ableAdministrators;
        if (known == null) {
            known = administrators.get();
            ableAdministrators = known;
        }
        return known;
    }

    private boolean isAble(PersonId id) {
        Person person = people.get(id);
        return person != null && able.computeIfAbsent(id, asked -> mayDecide.test(person));
    }
}
