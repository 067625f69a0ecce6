package io.drawbridge.web.api;

import io.drawbridge.identity.PersonId;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Judgement;
import io.drawbridge.request.ApproverChain;
import io.drawbridge.request.Preview;
import io.drawbridge.request.RequestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What would happen if it were asked now.
 *
 * @param outcome {@code denied}, {@code auto}, {@code break_glass} or {@code require}
 * @param mode null exactly if the policy denies
 * @param approvers who would be asked, by level; empty if nobody would
 * @param ending how the access would end
 * @param openRequest the open request that already asks for the same
 */
record PreviewRepresentation(
        String outcome,
        @Nullable String mode,
        List<String> policies,
        List<PolicyErrorRepresentation> errors,
        List<String> advice,
        List<Asked> approvers,
        Caps caps,
        RequestController.DurationChoice durations,
        EndingRepresentation ending,
        @Nullable String openRequest) {

    /** Approvers of one scope, who would be asked. */
    record Asked(int level, String scope, List<String> people) {}

    /** Limits that the policies set; null where they set none. */
    record Caps(@Nullable String timeout, @Nullable String maxDuration) {
        static Caps of(@Nullable Duration timeout, @Nullable AccessDuration maxDuration) {
            return new Caps(
                    timeout == null ? null : timeout.toString(), maxDuration == null ? null : maxDuration.toString());
        }
    }

    /**
     * How the access would end.
     *
     * @param byItself whether the cloud ends it at the second, even if Drawbridge does not run
     * @param lateness how late its end may be confirmed, ISO 8601; {@code PT0S} if nothing waits
     */
    record EndingRepresentation(boolean byItself, String lateness) {}

    /** A policy that could not be evaluated. */
    record PolicyErrorRepresentation(String policy, String message) {
        static List<PolicyErrorRepresentation> of(List<Judgement.PolicyError> errors) {
            return errors.stream()
                    .map(error -> new PolicyErrorRepresentation(error.policy(), error.message()))
                    .toList();
        }
    }

    static PreviewRepresentation of(Preview preview) {
        Judgement judgement = preview.judgement();
        ApprovalMode mode = judgement.mode();
        RequestId open = preview.open();
        List<Asked> asked = new ArrayList<>();
        for (ApproverChain.Step step : preview.approvers()) {
            asked.add(new Asked(
                    asked.size(),
                    step.scope().value(),
                    step.people().stream().map(PersonId::value).toList()));
        }
        return new PreviewRepresentation(
                preview.outcome().name().toLowerCase(Locale.ROOT),
                mode == null ? null : mode.word(),
                judgement.policies(),
                PolicyErrorRepresentation.of(judgement.errors()),
                judgement.advice(),
                asked,
                Caps.of(judgement.approvalTimeout(), judgement.maxDuration()),
                RequestController.DurationChoice.of(preview.durations()),
                new EndingRepresentation(
                        preview.ending().byItself(), preview.ending().lateness().toString()),
                open == null ? null : open.value());
    }
}
