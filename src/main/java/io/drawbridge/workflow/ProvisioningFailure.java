package io.drawbridge.workflow;

/** The BPMN error by which the diagram learns that access could not be provided. */
final class ProvisioningFailure {
    static final String CODE = "ProvisioningFailed";

    private ProvisioningFailure() {}
}
