package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;

/** The tenant is not connected to AWS, so there is no organization to read. */
public final class NotConnectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotConnectedException(TenantId tenant) {
        super("Organisation \"" + tenant + "\" is not connected to AWS; whoever runs Drawbridge sets"
                + " drawbridge.aws.tenants." + tenant + " and what belongs to it.");
    }
}
