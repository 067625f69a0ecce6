package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What can be asked for. */
@Component
public class Offers {
    private final Scopes scopes;
    private final Controls controls;
    private final PermissionCatalogue catalogue;
    private final PermissionSets permissionSets;

    Offers(Scopes scopes, Controls controls, PermissionCatalogue catalogue, PermissionSets permissionSets) {
        this.scopes = scopes;
        this.controls = controls;
        this.catalogue = catalogue;
        this.permissionSets = permissionSets;
    }

    /**
     * Something that can be asked for.
     *
     * @param name an action, or the name of a permission set
     * @param service null for a permission set
     * @param about what it is, in a line
     */
    public record Offer(String name, @Nullable String service, String about) {}

    /**
     * Every permission that a control closes in the account, and the permission sets; by name.
     *
     * @param account null or unknown for all that is closed anywhere in the tenant
     */
    public List<Offer> in(TenantId tenant, @Nullable String account) {
        Optional<ScopePath> path =
                account == null || account.isBlank() ? Optional.empty() : scopes.account(tenant, account.strip());
        Set<String> closed = controls.of(tenant).stream()
                .filter(control -> control.control() == Control.PROTECTED)
                .map(Controls.ScopeControl::service)
                .distinct()
                .filter(service -> path.map(
                                at -> controls.effective(tenant, at, service).control() == Control.PROTECTED)
                        .orElse(true))
                .collect(Collectors.toSet());
        Stream<Offer> permissions = catalogue.services().stream()
                .filter(service -> closed.contains(service.service()))
                .flatMap(service -> service.permissions().stream()
                        .map(permission ->
                                new Offer(permission.name().toString(), service.service(), permission.group())));
        Stream<Offer> sets = permissionSets.of(tenant).stream()
                .map(set -> new Offer(set.name().name(), null, set.description()));
        return Stream.concat(permissions, sets)
                .sorted(Comparator.comparing(Offer::name))
                .toList();
    }
}
