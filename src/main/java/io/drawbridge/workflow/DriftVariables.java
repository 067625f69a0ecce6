package io.drawbridge.workflow;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindingId;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** The variable of {@code drift-removal}, a key; its instances have no task for people. */
final class DriftVariables {
    private static final String FINDING_ID = "findingId";

    private DriftVariables() {}

    static String findingIdName() {
        return FINDING_ID;
    }

    /** The tenant and the finding: keys, which operations may see. */
    static String businessKey(DriftFinding finding) {
        return finding.tenant() + ":" + finding.id();
    }

    /** The finding that the instance is about: from its business key, which nobody can change. */
    static DriftFindingId finding(DelegateExecution execution) {
        return finding(execution.getProcessBusinessKey());
    }

    static DriftFindingId finding(String businessKey) {
        return new DriftFindingId(businessKey.substring(businessKey.lastIndexOf(':') + 1));
    }
}
