package io.drawbridge.organization;

import java.util.List;
import java.util.stream.Collectors;

/** An account with everything above it, the account first and the organization root last. */
public record ScopePath(List<Scope> fromAccount) {
    public ScopePath {
        fromAccount = List.copyOf(fromAccount);
        if (fromAccount.isEmpty()) {
            throw new IllegalArgumentException("A path needs at least the scope itself.");
        }
    }

    public Scope account() {
        return fromAccount.get(0);
    }

    public List<ScopeId> ids() {
        return fromAccount.stream().map(Scope::id).toList();
    }

    public boolean contains(ScopeId scope) {
        return fromAccount.stream().anyMatch(step -> step.id().equals(scope));
    }

    /** Whether a requester may decide his own request here: the nearest scope that says so, else no. */
    public boolean selfApproval() {
        for (Scope scope : fromAccount) {
            Boolean said = scope.selfApproval();
            if (said != null) {
                return said;
            }
        }
        return false;
    }

    /** From the root down, as people read it: {@code r-acme/ou-workloads/111122223333}. */
    @Override
    public String toString() {
        List<Scope> fromRoot = new java.util.ArrayList<>(fromAccount);
        java.util.Collections.reverse(fromRoot);
        return fromRoot.stream().map(scope -> scope.id().value()).collect(Collectors.joining("/"));
    }
}
