package io.drawbridge.request;

import io.drawbridge.policy.Judgement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What would happen if it were asked now.
 *
 * @param outcome how it would go on
 * @param judgement what the policy says
 * @param approvers who would be asked, rung by rung; empty if nobody would
 * @param durations what can be asked
 * @param ending how the access would end
 * @param open the open request that already asks for it, null if there is none
 */
public record Preview(
        JudgingDesk.Outcome outcome,
        Judgement judgement,
        List<ApproverChain.Step> approvers,
        DurationOffer durations,
        LivingGrants.Ending ending,
        @Nullable RequestId open) {
    public Preview {
        approvers = List.copyOf(approvers);
    }
}
