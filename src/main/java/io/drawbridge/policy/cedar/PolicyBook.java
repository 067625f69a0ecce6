package io.drawbridge.policy.cedar;

import com.cedarpolicy.model.schema.Schema;
import io.drawbridge.policy.AccessPolicies.PolicySetView;
import io.drawbridge.policy.AccessPolicies.PolicyView;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The valid policies of one tenant; never changed, only replaced.
 *
 * <p>Its index finds the few policies whose scope fits a question. A policy whose scope does not fit can neither match
 * nor err, so that leaving it out changes no answer, and a question costs the same among 5,000 policies as among ten.
 */
final class PolicyBook {
    /** Stands for a scope that any action, principal or resource fits. */
    private static final EntityRef ANY = new EntityRef("", "");

    private final List<LoadedPolicy> policies;
    private final String schemaText;
    private final Schema schema;
    private final String hash;
    private final Instant loadedAt;
    private final Map<EntityRef, Map<EntityRef, Map<EntityRef, List<LoadedPolicy>>>> index = new HashMap<>();

    /**
     * @param schema held as long as the book: Cedar keeps its parsed form only that long
     * @param hash SHA-256 of the policies and the schema, in hex
     */
    PolicyBook(List<LoadedPolicy> policies, String schemaText, Schema schema, String hash, Instant loadedAt) {
        this.policies = List.copyOf(policies);
        this.schemaText = schemaText;
        this.schema = schema;
        this.hash = hash;
        this.loadedAt = loadedAt;
        for (LoadedPolicy policy : policies) {
            index.computeIfAbsent(orAny(policy.action()), action -> new HashMap<>())
                    .computeIfAbsent(orAny(policy.principal()), principal -> new HashMap<>())
                    .computeIfAbsent(orAny(policy.resource()), resource -> new ArrayList<>())
                    .add(policy);
        }
    }

    List<LoadedPolicy> policies() {
        return policies;
    }

    Schema schema() {
        return schema;
    }

    String schemaText() {
        return schemaText;
    }

    String hash() {
        return hash;
    }

    /**
     * The policies whose scope fits, in their order.
     *
     * @param principals the principal and all that it is in
     * @param resources the resource and all that it is in
     */
    List<LoadedPolicy> candidates(EntityRef action, Collection<EntityRef> principals, Collection<EntityRef> resources) {
        List<LoadedPolicy> found = new ArrayList<>();
        addCandidates(index.get(action), principals, resources, found);
        addCandidates(index.get(ANY), principals, resources, found);
        found.sort((a, b) -> Integer.compare(a.order(), b.order()));
        return found;
    }

    private static void addCandidates(
            @Nullable Map<EntityRef, Map<EntityRef, List<LoadedPolicy>>> byPrincipal,
            Collection<EntityRef> principals,
            Collection<EntityRef> resources,
            List<LoadedPolicy> found) {
        if (byPrincipal == null) {
            return;
        }
        addCandidates(byPrincipal.get(ANY), resources, found);
        for (EntityRef principal : principals) {
            addCandidates(byPrincipal.get(principal), resources, found);
        }
    }

    private static void addCandidates(
            @Nullable Map<EntityRef, List<LoadedPolicy>> byResource,
            Collection<EntityRef> resources,
            List<LoadedPolicy> found) {
        if (byResource == null) {
            return;
        }
        found.addAll(byResource.getOrDefault(ANY, List.of()));
        for (EntityRef resource : resources) {
            found.addAll(byResource.getOrDefault(resource, List.of()));
        }
    }

    PolicySetView view() {
        return new PolicySetView(
                hash,
                loadedAt,
                schemaText,
                policies.stream().map(PolicyBook::view).toList());
    }

    private static PolicyView view(LoadedPolicy policy) {
        ApprovalMode mode = policy.annotations().mode();
        return new PolicyView(
                policy.id(),
                policy.permit() ? "permit" : "forbid",
                mode == null || Vocabulary.APPROVE_REQUEST_REF.equals(policy.action()) ? null : mode.word(),
                policy.annotations().priority(),
                policy.guardRail(),
                text(policy.annotations().timeout()),
                text(policy.annotations().maxDuration()),
                policy.annotations().advice(),
                policy.piece().source(),
                policy.piece().line(),
                policy.piece().text());
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static EntityRef orAny(@Nullable EntityRef reference) {
        return reference == null ? ANY : reference;
    }
}
