package io.drawbridge.request;

import org.jspecify.annotations.Nullable;

/**
 * What somebody asks for, as he wrote it; nothing of it has been looked at.
 *
 * @param identity ARN of an IAM user or role, null for the caller himself
 */
public record AskForAccess(
        @Nullable String account,
        @Nullable String permission,
        @Nullable String permissionSet,
        @Nullable String duration,
        @Nullable String justification,
        boolean breakGlass,
        @Nullable String ticket,
        @Nullable String identity) {}
