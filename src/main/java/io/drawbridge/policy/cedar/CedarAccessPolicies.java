package io.drawbridge.policy.cedar;

import io.drawbridge.identity.People;
import io.drawbridge.identity.TenantId;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.DecisionQuestion;
import io.drawbridge.policy.Evaluation;
import io.drawbridge.policy.EvaluationQuestion;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.Judgement;
import io.drawbridge.policy.Judgement.PolicyError;
import io.drawbridge.policy.PolicyProposal;
import io.drawbridge.policy.TenantScopes;
import io.drawbridge.policy.cedar.PolicyLoader.Books;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.support.ResourcePatternResolver;

/** Cedar as the judge. One running set a tenant, replaced as a whole or not at all. */
final class CedarAccessPolicies implements AccessPolicies, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CedarAccessPolicies.class);

    private final ResourcePatternResolver resources;
    private final String location;
    private final CedarEngine engine = new CedarEngine();
    private final PolicyLoader loader;
    private final Evaluator evaluator;
    private volatile Books running;
    private PolicySources seen;

    /**
     * Loads the policies.
     *
     * @throws InvalidPolicyException if one of them is wrong: Drawbridge does not start on half of its rules
     */
    CedarAccessPolicies(
            ResourcePatternResolver resources, String location, Clock clock, People people, TenantScopes scopes) {
        this.resources = resources;
        this.location = location;
        this.loader = new PolicyLoader(engine, clock);
        this.evaluator = new Evaluator(engine, people, scopes);
        try {
            this.seen = PolicySources.read(resources, location);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("The policies at " + location + " cannot be read.", unreadable);
        }
        this.running = loader.load(seen);
        log.info(
                "Policies of {} tenants are running, from {}.",
                running.byTenant().size(),
                location);
    }

    /** Reads the policies again and runs them if they changed and are valid; else the running set stays. */
    synchronized void refresh() {
        try {
            PolicySources now = PolicySources.read(resources, location);
            if (now.equals(seen)) {
                return;
            }
            seen = now;
            Books books = loader.load(now);
            running = books;
            engine.forget();
            log.info("The policies at {} changed and are running.", location);
        } catch (InvalidPolicyException invalid) {
            log.error(
                    "The policies at {} changed and are wrong; the set from before keeps running.\n{}",
                    location,
                    invalid.getMessage());
        } catch (IOException | RuntimeException | Error unreadable) {
            log.error("The policies at {} cannot be read; the set from before keeps running.", location, unreadable);
        }
    }

    @Override
    public Judgement judge(AccessQuestion question) {
        return judge(question.tenant(), () -> Question.of(question), true);
    }

    @Override
    public Judgement judge(DecisionQuestion question) {
        return judge(question.tenant(), () -> Question.of(question), false);
    }

    /** @param kept whether somebody keeps what it was judged from */
    private Judgement judge(TenantId tenant, Supplier<Question> asked, boolean kept) {
        PolicyBook book = running.of(tenant);
        String evidence = "{}";
        try {
            Question question = asked.get();
            if (kept) {
                evidence = engine.evidence(question);
            }
            List<LoadedPolicy> candidates =
                    book.candidates(question.actionRef(), question.principals(), question.resources()).stream()
                            .filter(policy -> question.breakGlass() || !policy.breakGlass())
                            .toList();
            Deliberation result = Deliberation.over(candidates, some -> engine.ask(book, some, question));
            if (!result.errors().isEmpty()) {
                log.error("Policies of {} could not be evaluated: {}", tenant, result.errors());
            }
            return new Judgement(
                    result.allowed(),
                    result.mode(),
                    result.ids(),
                    result.errors(),
                    result.timeout(),
                    result.maxDuration(),
                    result.advice(),
                    book.hash(),
                    evidence);
        } catch (RuntimeException | StackOverflowError failed) {
            log.error("A question to the policies of {} could not be judged, which denies it.", tenant, failed);
            return new Judgement(
                    false,
                    null,
                    List.of(),
                    List.of(new PolicyError("", PolicyCompiler.text(failed.getMessage()))),
                    null,
                    null,
                    List.of(),
                    book.hash(),
                    evidence);
        }
    }

    @Override
    public PolicySetView running(TenantId tenant) {
        return running.of(tenant).view();
    }

    @Override
    public Evaluation evaluate(TenantId tenant, EvaluationQuestion question) {
        return evaluator.evaluate(tenant, running.of(tenant), question);
    }

    @Override
    public List<Optional<Evaluation>> replay(TenantId tenant, PolicyProposal proposal, List<String> evidence) {
        return evaluator.replay(running.of(tenant), proposal, evidence);
    }

    @Override
    public void close() {
        evaluator.close();
        engine.close();
    }
}
