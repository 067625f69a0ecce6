package io.drawbridge.intake.aws;

import io.drawbridge.organization.PermissionName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The IAM action that was denied; never a guess.
 *
 * @param permissionOrNull null if it cannot be told
 * @param reason where the action comes from, or why there is none; one line
 */
public record DeniedAction(@Nullable PermissionName permissionOrNull, String reason) {

    static DeniedAction of(PermissionName permission, String reason) {
        return new DeniedAction(permission, reason);
    }

    static DeniedAction unmapped(String reason) {
        return new DeniedAction(null, reason);
    }

    /** The action; empty if it cannot be told, and then nothing may be opened. */
    public Optional<PermissionName> permission() {
        return Optional.ofNullable(permissionOrNull);
    }
}
