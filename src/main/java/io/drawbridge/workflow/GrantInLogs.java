package io.drawbridge.workflow;

import io.drawbridge.grant.GrantId;
import io.drawbridge.operations.Mention;
import org.camunda.bpm.engine.impl.delegate.DefaultDelegateInterceptor;
import org.camunda.bpm.engine.impl.delegate.DelegateInvocation;
import org.slf4j.MDC;

/** Keeps the grant that a delegate works on in the lines of the log, and no longer than the delegate works. */
final class GrantInLogs extends DefaultDelegateInterceptor {
    @Override
    public void handleInvocation(DelegateInvocation invocation) throws Exception {
        String before = MDC.get(Mention.GRANT);
        try {
            super.handleInvocation(invocation);
        } finally {
            if (before == null) {
                MDC.remove(Mention.GRANT);
            } else {
                MDC.put(Mention.GRANT, before);
            }
        }
    }

    /** The delegate that is being invoked works on this grant. */
    static void workingOn(GrantId grant) {
        MDC.put(Mention.GRANT, grant.value());
    }
}
