package io.drawbridge.policy.cedar;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.CedarJson;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.AuthorizationResponse;
import com.cedarpolicy.model.AuthorizationSuccessResponse;
import com.cedarpolicy.model.DetailedError;
import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.model.exception.AuthException;
import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.policy.Policy;
import com.cedarpolicy.model.policy.PolicySet;
import com.cedarpolicy.model.schema.Schema;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.Value;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Cedar, and keeps the policy sets that it has parsed. May be used by many threads. */
final class CedarEngine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CedarEngine.class);

    /** Parsed sets that are kept, least recently asked out first. */
    private static final int KEPT_SETS = 512;
    /** Policies in the kept sets, each counted in every set: their parsed form is native memory. */
    private static final int KEPT_POLICIES = 50_000;
    /** Cedar frees a set only when its Java object is collected, so its own limit leaves room for those that wait. */
    private static final int NATIVE_SETS = 8 * KEPT_SETS;

    private final BasicAuthorizationEngine engine = new BasicAuthorizationEngine();
    private final ObjectWriter writer = CedarJson.objectWriter();
    private final DeepStack deep = new DeepStack("cedar-policies", Duration.ofMinutes(5));
    private final Map<Key, PolicySet> sets = new LinkedHashMap<>(64, 0.75f, true);
    private int keptPolicies;

    CedarEngine() {
        PolicySet.setCacheMaxPolicySets(NATIVE_SETS);
    }

    /** Work that may parse. */
    <T> T deeply(Callable<T> work) {
        return deep.call(work);
    }

    /** Forgets the parsed sets, after policies were replaced. */
    void forget() {
        synchronized (sets) {
            sets.clear();
            keptPolicies = 0;
        }
    }

    /** Forgets the parsed sets of a book that nobody will ask again. */
    void forget(PolicyBook book) {
        synchronized (sets) {
            sets.keySet().removeIf(key -> {
                boolean its = key.book() == book;
                keptPolicies -= its ? key.policies().size() : 0;
                return its;
            });
        }
    }

    /**
     * Asks some policies of a book.
     *
     * @throws CedarFailure if Cedar gave no answer
     */
    Answer ask(PolicyBook book, List<LoadedPolicy> policies, Question question) {
        PolicySet set = parsed(book, policies);
        AuthorizationRequest request = new AuthorizationRequest(
                question.principal(),
                question.action(),
                question.resource(),
                Optional.of(question.context()),
                Optional.of(book.schema()),
                true);
        if (set.cacheKey().isEmpty()) {
            return deep.call(() -> ask(set, request, question.entities()));
        }
        Answer answer = ask(set, request, question.entities());
        if (answer.errors().values().stream().anyMatch(error -> error.contains("recursion limit"))) {
            // The caller's stack was too short for a long chain of operators, which says nothing about the policy.
            return deep.call(() -> ask(set, request, question.entities()));
        }
        return answer;
    }

    /** Asks a set; on {@link DeepStack} unless the set is parsed already. */
    Answer ask(PolicySet set, AuthorizationRequest request, Set<Entity> entities) {
        AuthorizationResponse response;
        try {
            response = engine.isAuthorized(request, set, entities);
        } catch (AuthException | RuntimeException failed) {
            throw new CedarFailure(List.of(PolicyCompiler.text(failed.getMessage())), failed);
        }
        AuthorizationSuccessResponse success = response.success.orElse(null);
        if (response.type != AuthorizationResponse.SuccessOrFailure.Success || success == null) {
            List<DetailedError> errors =
                    response.errors.<List<DetailedError>>map(List::copyOf).orElse(List.of());
            throw new CedarFailure(errors.stream().map(PolicyCompiler::message).toList(), null);
        }
        Map<String, String> errors = new HashMap<>();
        success.getErrors()
                .forEach(error -> errors.merge(
                        error.getPolicyId(),
                        PolicyCompiler.message(error.getError()),
                        (one, other) -> one + "; " + other));
        return new Answer(success.isAllowed(), success.getReason(), errors);
    }

    private PolicySet parsed(PolicyBook book, List<LoadedPolicy> policies) {
        Key key = new Key(book, policies.stream().map(LoadedPolicy::order).toList());
        synchronized (sets) {
            PolicySet known = sets.get(key);
            if (known != null) {
                return known;
            }
        }
        PolicySet set = set(policies);
        try {
            deep.call(() -> {
                set.cache();
                return set;
            });
        } catch (IllegalStateException full) {
            if (!(full.getCause() instanceof CacheException)) {
                throw full;
            }
            // Slower, not wrong: the set is parsed for this question and forgotten.
            log.warn("Cedar keeps no further policy set: {}", full.getMessage());
            return set;
        }
        keep(key, set);
        return set;
    }

    private void keep(Key key, PolicySet set) {
        synchronized (sets) {
            if (sets.put(key, set) == null) {
                keptPolicies += key.policies().size();
            }
            Iterator<Key> eldest = sets.keySet().iterator();
            while ((sets.size() > KEPT_SETS || keptPolicies > KEPT_POLICIES) && sets.size() > 1) {
                keptPolicies -= eldest.next().policies().size();
                eldest.remove();
            }
        }
    }

    static PolicySet set(Collection<LoadedPolicy> policies) {
        return new PolicySet(policies.stream()
                .map(policy -> new Policy(policy.piece().text(), policy.key()))
                .collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    /** A schema that Cedar has parsed for good, as long as the object lives. */
    static Schema parsedSchema(String text) throws CacheException {
        Schema schema = new Schema(text);
        schema.cache();
        return schema;
    }

    /** The question and its entities, as JSON text in Cedar's format. */
    String evidence(Question question) {
        try {
            return writer.writeValueAsString(new Evidence(
                    new Asked(question.principal(), question.action(), question.resource(), question.context()),
                    question.entities()));
        } catch (JsonProcessingException impossible) {
            throw new CedarFailure(List.of("The question cannot be written as JSON."), impossible);
        }
    }

    @Override
    public void close() {
        deep.close();
    }

    private record Key(PolicyBook book, List<Integer> policies) {}

    /** What a decision was made from. */
    record Evidence(Asked request, Set<Entity> entities) {}

    /** The four parts of a question to Cedar. */
    record Asked(EntityUID principal, EntityUID action, EntityUID resource, Map<String, Value> context) {}

    /** Cedar gave no answer; whoever asked must take it as a denial. */
    static final class CedarFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient List<String> messages;

        CedarFailure(List<String> messages, @Nullable Throwable cause) {
            super(String.join("; ", messages), cause);
            this.messages = List.copyOf(messages);
        }

        List<String> messages() {
            return messages;
        }
    }
}
