package io.drawbridge.policy.cedar;

import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.schema.Schema;
import com.cedarpolicy.value.CedarList;
import com.cedarpolicy.value.CedarMap;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.PrimBool;
import com.cedarpolicy.value.Value;
import io.drawbridge.identity.People;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.policy.Evaluation;
import io.drawbridge.policy.EvaluationQuestion;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.InvalidPolicyException.Problem;
import io.drawbridge.policy.Judgement.PolicyError;
import io.drawbridge.policy.PolicyProposal;
import io.drawbridge.policy.TenantScopes;
import io.drawbridge.policy.cedar.PolicyText.Piece;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers free questions. All that comes from outside is counted and bounded before Cedar sees it, and then worked on
 * {@link DeepStack}, one question at a time.
 */
final class Evaluator implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CedarEngine engine;
    private final PolicyCompiler compiler = new PolicyCompiler();
    private final People people;
    private final TenantScopes scopes;
    private final DeepStack deep = new DeepStack("cedar-questions", PATIENCE);

    Evaluator(CedarEngine engine, People people, TenantScopes scopes) {
        this.engine = engine;
        this.people = people;
        this.scopes = scopes;
    }

    /**
     * Puts the question.
     *
     * @throws InvalidPolicyException if a part of it cannot be read or is not valid, or if it takes too long
     */
    Evaluation evaluate(TenantId tenant, PolicyBook running, EvaluationQuestion asked) {
        try {
            return deep.call(() -> asked.lenient() ? leniently(running, asked) : strictly(tenant, running, asked));
        } catch (DeepStack.TooSlow slow) {
            throw refused("request", "Cedar took longer than " + PATIENCE + "; ask with fewer policies or entities.");
        } catch (CedarEngine.CedarFailure failed) {
            throw new InvalidPolicyException(failed.messages().stream()
                    .map(message -> new Problem(part(message), "", 0, 0, message))
                    .toList());
        }
    }

    /**
     * Asks a proposed set what was asked before.
     *
     * @throws InvalidPolicyException if the proposal cannot be read or is not valid, or if it takes too long to read
     */
    List<Optional<Evaluation>> replay(PolicyBook running, PolicyProposal proposal, List<String> evidence) {
        boolean own = proposal.policies() != null || proposal.schema() != null;
        PolicyBook book;
        try {
            book = own ? deep.call(() -> proposed(running, proposal)) : running;
        } catch (DeepStack.TooSlow slow) {
            throw refused("policies", "Cedar took longer than " + PATIENCE + "; propose fewer policies.");
        }
        try {
            return evidence.stream().map(kept -> again(book, kept)).toList();
        } finally {
            if (own) {
                engine.forget(book);
            }
        }
    }

    private PolicyBook proposed(PolicyBook running, PolicyProposal proposal) throws CacheException {
        String given = guardedSchema(proposal.schema());
        String schema = given == null ? running.schemaText() : given;
        return new PolicyBook(
                compiler.compile(pieces(running, proposal.policies()), "schema", schema),
                schema,
                CedarEngine.parsedSchema(schema),
                "",
                Instant.EPOCH);
    }

    private Optional<Evaluation> again(PolicyBook book, String evidence) {
        if (evidence.isEmpty()) {
            return Optional.empty();
        }
        CedarValues.Kept kept;
        try {
            kept = CedarValues.evidence(evidence);
        } catch (InvalidPolicyException unreadable) {
            // NB. Not swallowed: the caller counts it and says so.
            return Optional.empty();
        }
        boolean flagged = new PrimBool(true).equals(kept.context().get("breakGlass"));
        Question question = new Question(
                reference(kept.action()),
                kept.principal(),
                kept.action(),
                kept.resource(),
                kept.context(),
                kept.entities(),
                withAllAbove(reference(kept.principal()), kept.entities()),
                withAllAbove(reference(kept.resource()), kept.entities()),
                flagged);
        List<LoadedPolicy> candidates =
                book.candidates(question.actionRef(), question.principals(), question.resources()).stream()
                        .filter(policy -> flagged || !policy.breakGlass())
                        .toList();
        try {
            Deliberation result = Deliberation.over(candidates, some -> engine.ask(book, some, question));
            return Optional.of(evaluation(result));
        } catch (CedarEngine.CedarFailure failed) {
            // What cannot be judged is denied, as it would be.
            return Optional.of(new Evaluation(
                    false,
                    null,
                    List.of(),
                    List.of(new PolicyError("", PolicyCompiler.text(failed.getMessage()))),
                    null,
                    null,
                    List.of()));
        }
    }

    private static Evaluation evaluation(Deliberation result) {
        return new Evaluation(
                result.allowed(),
                result.mode(),
                result.ids(),
                result.errors(),
                result.timeout(),
                result.maxDuration(),
                result.advice());
    }

    private Evaluation leniently(PolicyBook running, EvaluationQuestion asked) {
        List<LoadedPolicy> policies =
                compiler.compileLeniently(pieces(running, asked.policies()), "schema", guardedSchema(asked.schema()));
        Set<Entity> entities = asked.entities() == null ? Set.of() : CedarValues.entities(asked.entities());
        Map<String, Value> context = CedarValues.context(asked.context());
        Answer answer = engine.ask(
                CedarEngine.set(policies),
                request(asked, context, Optional.ofNullable(asked.schema()).map(Schema::new)),
                entities);
        List<PolicyError> errors = policies.stream()
                .filter(policy -> answer.errors().containsKey(policy.key()))
                .map(policy -> new PolicyError(policy.id(), answer.errors().getOrDefault(policy.key(), "")))
                .toList();
        List<String> deciding = policies.stream()
                .filter(policy -> answer.reasons().contains(policy.key()))
                .map(LoadedPolicy::id)
                .toList();
        return new Evaluation(answer.allowed(), null, deciding, errors, null, null, List.of());
    }

    private Evaluation strictly(TenantId tenant, PolicyBook running, EvaluationQuestion asked) {
        Map<String, Value> context = CedarValues.context(asked.context());
        boolean ownPolicies = asked.policies() != null || asked.schema() != null;
        String schema = guardedSchema(asked.schema());
        List<LoadedPolicy> policies = ownPolicies
                ? compiler.compile(
                        pieces(running, asked.policies()), "schema", schema == null ? running.schemaText() : schema)
                : running.policies();
        Set<Entity> entities = asked.entities() == null
                ? tenantEntities(tenant, asked, context)
                : CedarValues.entities(asked.entities());
        boolean flagged = new PrimBool(true).equals(context.get("breakGlass"));
        AuthorizationRequest request =
                request(asked, context, Optional.of(schema == null ? running.schema() : new Schema(schema)));
        Question question = new Question(
                asked.action(),
                request.principalEUID,
                request.actionEUID,
                request.resourceEUID,
                context,
                entities,
                withAllAbove(asked.principal(), entities),
                withAllAbove(asked.resource(), entities),
                flagged);

        List<LoadedPolicy> candidates = (ownPolicies
                        ? policies
                        : running.candidates(question.actionRef(), question.principals(), question.resources()))
                .stream().filter(policy -> flagged || !policy.breakGlass()).toList();
        Function<List<LoadedPolicy>, Answer> cedar = ownPolicies
                ? some -> engine.ask(CedarEngine.set(some), request, entities)
                : some -> engine.ask(running, some, question);
        if (candidates.isEmpty()) {
            // Nothing can match, but a question that is wrong should still be called so.
            var unused = cedar.apply(List.of());
        }
        return evaluation(Deliberation.over(candidates, cedar));
    }

    private static List<Piece> pieces(PolicyBook running, @Nullable String policies) {
        if (policies == null) {
            return running.policies().stream().map(LoadedPolicy::piece).toList();
        }
        List<Problem> problems = new ArrayList<>();
        List<Piece> pieces = PolicyText.cut("policies", policies, problems);
        if (!problems.isEmpty()) {
            throw new InvalidPolicyException(problems);
        }
        return pieces;
    }

    private static @Nullable String guardedSchema(@Nullable String schema) {
        if (schema != null) {
            List<Problem> problems = new ArrayList<>();
            PolicyText.checkSchema("schema", schema, problems);
            if (!problems.isEmpty()) {
                throw new InvalidPolicyException(problems);
            }
        }
        return schema;
    }

    private static AuthorizationRequest request(
            EvaluationQuestion asked, Map<String, Value> context, Optional<Schema> schema) {
        return new AuthorizationRequest(
                CedarValues.reference("principal", asked.principal()),
                CedarValues.reference("action", asked.action()),
                CedarValues.reference("resource", asked.resource()),
                Optional.of(context),
                schema,
                schema.isPresent());
    }

    /** The entity and all that it is in, as far as the entities say. */
    private static Collection<EntityRef> withAllAbove(EntityRef start, Set<Entity> entities) {
        Map<EntityRef, Set<EntityUID>> parents = new HashMap<>();
        entities.forEach(entity -> parents.computeIfAbsent(reference(entity.getEUID()), uid -> new HashSet<>())
                .addAll(entity.getParents()));
        Set<EntityRef> found = new LinkedHashSet<>();
        Deque<EntityRef> left = new ArrayDeque<>(List.of(start));
        while (!left.isEmpty()) {
            EntityRef next = left.pop();
            if (found.add(next)) {
                parents.getOrDefault(next, Set.of()).forEach(parent -> left.push(reference(parent)));
            }
        }
        return found;
    }

    private static EntityRef reference(EntityUID uid) {
        return new EntityRef(uid.getType().toString(), uid.getId().toString());
    }

    /** Everybody and every scope of the tenant, and the permissions that the context names. */
    private Set<Entity> tenantEntities(TenantId tenant, EvaluationQuestion asked, Map<String, Value> context) {
        Set<Entity> entities = new LinkedHashSet<>();
        people.of(tenant).forEach(person -> Question.addUser(person.id(), person.groups(), entities));
        List<Scope> all = scopes.scopes(tenant);
        Map<ScopeId, Scope> byId = all.stream().collect(Collectors.toMap(Scope::id, scope -> scope));
        for (Scope scope : all) {
            Scope parent = scope.parent() == null ? null : byId.get(scope.parent());
            Question.addScope(scope, parent == null ? null : Vocabulary.uid(parent), entities);
        }
        Set<EntityRef> named = new LinkedHashSet<>();
        context.values().forEach(value -> collect(value, named));
        boolean atAccount = asked.resource().type().equals(Vocabulary.ACCOUNT)
                && !asked.resource().id().isBlank();
        for (EntityRef reference : named) {
            if (reference.type().equals(Vocabulary.PERMISSION)) {
                Entitlement permission = permission(reference.id());
                Control control = atAccount
                        ? scopes.control(tenant, new ScopeId(asked.resource().id()), permission.service())
                        : Control.NONE;
                Question.addPermission(permission, control, entities);
            }
        }
        return entities;
    }

    private static Entitlement permission(String id) {
        try {
            return Entitlement.parse(id);
        } catch (IllegalArgumentException unreadable) {
            throw refused("context", PolicyCompiler.text(unreadable.getMessage()));
        }
    }

    private static void collect(Value value, Set<EntityRef> found) {
        if (value instanceof EntityUID uid) {
            found.add(reference(uid));
        } else if (value instanceof CedarList list) {
            list.forEach(element -> collect(element, found));
        } else if (value instanceof CedarMap map) {
            map.values().forEach(element -> collect(element, found));
        }
    }

    /** Which part of a question Cedar complains about. */
    private static String part(String message) {
        if (message.contains("entit")) {
            return "entities";
        }
        return message.contains("context") ? "context" : "request";
    }

    private static InvalidPolicyException refused(String part, String message) {
        return new InvalidPolicyException(List.of(new Problem(part, "", 0, 0, message)));
    }

    @Override
    public void close() {
        deep.close();
    }
}
