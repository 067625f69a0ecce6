package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.aws.scp.AccountClosure;
import io.drawbridge.grant.aws.scp.AlwaysExempt;
import io.drawbridge.grant.aws.scp.Exemptions;
import io.drawbridge.grant.aws.scp.PolicyContent;
import io.drawbridge.grant.aws.scp.PrincipalArn;
import io.drawbridge.grant.aws.scp.PrincipalId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Way;
import io.drawbridge.organization.aws.AwsProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** What the controls of a tenant close in each of its accounts by service control policies, and whom they exempt. */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class Closures {
    private final Scopes scopes;
    private final Controls controls;
    private final PermissionCatalogue catalogue;
    private final Principals principals;

    Closures(Scopes scopes, Controls controls, PermissionCatalogue catalogue, Principals principals) {
        this.scopes = scopes;
        this.controls = controls;
        this.catalogue = catalogue;
        this.principals = principals;
    }

    /**
     * What is closed in one account.
     *
     * @param withoutEffect exemptions that no policy can express, in words; whoever they mean is closed out
     */
    record Closure(AccountClosure closed, List<String> withoutEffect) {
        boolean closesAnything() {
            return !closed.protectedActions().isEmpty()
                    || !closed.disabledServices().isEmpty();
        }

        /** The same exactly if the same is closed to the same. */
        String sha256(AlwaysExempt always) {
            return PolicyContent.sha256(closed + "|" + always);
        }
    }

    /** Accounts of the tenant whose permissions service control policies can close: all but the management account. */
    List<ScopeId> accounts(TenantId tenant, AwsProperties.Tenant settings) {
        return scopes.of(tenant).stream()
                .filter(Scope::isAccount)
                .map(Scope::id)
                .filter(account -> !account.value().equals(settings.managementAccountId()))
                .toList();
    }

    /** Nothing if the account is no longer of the tenant. */
    Closure of(TenantId tenant, ScopeId account) {
        TreeMap<PermissionName, Exemptions> closed = new TreeMap<>();
        TreeSet<String> disabled = new TreeSet<>();
        List<String> withoutEffect = new ArrayList<>();
        Optional<ScopePath> path = scopes.path(tenant, account);
        if (path.isPresent()) {
            effective(tenant, path.get()).forEach((service, control) -> {
                if (control.control() == Control.DISABLED) {
                    disabled.add(service);
                } else if (control.control() == Control.PROTECTED && control.way() == Way.SCP_EXEMPTION) {
                    Exemptions exempt = exemptions(tenant, control, withoutEffect);
                    catalogue.service(service).ifPresent(known -> known.permissions()
                            .forEach(each -> closed.put(each.name(), exempt)));
                }
            });
        }
        return new Closure(new AccountClosure(account.value(), closed, disabled), withoutEffect);
    }

    /** Who is exempt in every document of the tenant. */
    static AlwaysExempt always(AwsProperties.Tenant settings) {
        List<String> own = new ArrayList<>(settings.ownRoles());
        if (own.isEmpty() && settings.roleArn() != null) {
            own.add(settings.roleArn());
        }
        if (own.isEmpty()) {
            throw new IllegalArgumentException("Drawbridge's own role is not known; set role-arn or own-roles of the"
                    + " tenant, so that every document exempts it.");
        }
        List<String> others = new ArrayList<>(settings.breakGlassRoles());
        if (others.isEmpty()) {
            throw new IllegalArgumentException("No break-glass role is configured; set break-glass-roles of the tenant,"
                    + " so that every document exempts at least one.");
        }
        others.addAll(own.subList(1, own.size()));
        return AlwaysExempt.of(own.get(0), others);
    }

    private Map<String, Controls.ScopeControl> effective(TenantId tenant, ScopePath path) {
        List<Controls.ScopeControl> set = controls.of(tenant);
        Map<String, Controls.ScopeControl> effective = new TreeMap<>();
        for (Scope scope : path.fromAccount()) {
            set.stream()
                    .filter(control -> control.scope().equals(scope.id()))
                    .forEach(control -> effective.putIfAbsent(control.service(), control));
        }
        return effective;
    }

    private Exemptions exemptions(TenantId tenant, Controls.ScopeControl control, List<String> withoutEffect) {
        List<PrincipalArn> arns = new ArrayList<>();
        List<PrincipalId> people = new ArrayList<>();
        for (String entry : control.exempt()) {
            if (entry.startsWith("arn:")) {
                try {
                    arns.add(new PrincipalArn(entry));
                } catch (IllegalArgumentException inexpressible) {
                    withoutEffect.add("\"" + entry + "\" at " + control.scope() + " for " + control.service() + ": "
                            + inexpressible.getMessage());
                }
            } else {
                principals
                        .known(tenant, entry)
                        .ifPresentOrElse(
                                people::add,
                                () -> withoutEffect.add("\"" + entry + "\" at " + control.scope() + " for "
                                        + control.service() + ": no Identity Center user of that name is known."));
            }
        }
        return new Exemptions(arns, people);
    }
}
