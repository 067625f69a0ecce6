package io.drawbridge.policy.cedar;

import io.drawbridge.policy.EvaluationQuestion;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import org.jspecify.annotations.Nullable;

/** Free questions that tests put. */
final class Questions {
    static final EntityRef USER_ALICE = new EntityRef(Vocabulary.USER, "alice@acme.example");
    static final EntityRef REQUEST_ACCESS = Vocabulary.REQUEST_ACCESS_REF;
    static final EntityRef PRODUCTION = new EntityRef(Vocabulary.ACCOUNT, "111122223333");
    static final String CONTEXT =
            """
            {"permission": {"__entity": {"type": "Drawbridge::Permission", "id": "s3:DeleteBucket"}},
             "duration": {"__extn": {"fn": "duration", "arg": "1h"}},
             "now": {"__extn": {"fn": "datetime", "arg": "2026-01-15T12:00:00Z"}},
             "breakGlass": false, "mfa": true}
            """;

    private Questions() {}

    /** Alice asks for s3:DeleteBucket in payments-prod, judged by the policies given. */
    static EvaluationQuestion strict(@Nullable String policies) {
        return new EvaluationQuestion(USER_ALICE, REQUEST_ACCESS, PRODUCTION, CONTEXT, null, policies, null, false);
    }

    /** The same, as Cedar itself answers. */
    static EvaluationQuestion lenient(String policies) {
        return new EvaluationQuestion(USER_ALICE, REQUEST_ACCESS, PRODUCTION, "{}", "[]", policies, null, true);
    }

    static EvaluationQuestion withContext(String context) {
        return new EvaluationQuestion(
                USER_ALICE,
                REQUEST_ACCESS,
                PRODUCTION,
                context,
                "[]",
                "permit(principal, action, resource);",
                null,
                true);
    }

    static EvaluationQuestion withEntities(String entities) {
        return new EvaluationQuestion(
                USER_ALICE,
                REQUEST_ACCESS,
                PRODUCTION,
                "{}",
                entities,
                "permit(principal, action, resource);",
                null,
                true);
    }

    static EvaluationQuestion withSchema(String schema) {
        return new EvaluationQuestion(
                USER_ALICE,
                REQUEST_ACCESS,
                PRODUCTION,
                "{}",
                "[]",
                "permit(principal, action, resource);",
                schema,
                true);
    }
}
