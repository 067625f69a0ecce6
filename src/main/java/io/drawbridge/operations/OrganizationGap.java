package io.drawbridge.operations;

import io.drawbridge.organization.OrganizationSource;
import io.drawbridge.organization.Synchronizations;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Connected tenants whose organisation, people and permission sets do not follow AWS. */
@Component
class OrganizationGap implements Backlog {
    private final Synchronizations synchronizations;
    private final OrganizationSource source;

    OrganizationGap(Synchronizations synchronizations, OrganizationSource source) {
        this.synchronizations = synchronizations;
        this.source = source;
    }

    @Override
    public String name() {
        return "organization.behind";
    }

    @Override
    public String title() {
        return "Organisations that do not follow AWS";
    }

    @Override
    public String advice() {
        return "Accounts and people that are new there are not known here, and those that are gone still are. The log"
                + " says at \"The organisation of tenant\" why it could not be read, or what was held back: mend that, or"
                + " an administrator of the tenant synchronizes with force after a look at what would change.";
    }

    /** Usually there are several tries in it. */
    @Override
    public Duration patience() {
        return Duration.ofHours(1);
    }

    @Override
    public List<Waiting> waiting() {
        return source.tenants().stream()
                .flatMap(tenant ->
                        synchronizations.behindSince(tenant).map(since -> new Waiting(tenant, 1, since)).stream())
                .toList();
    }
}
