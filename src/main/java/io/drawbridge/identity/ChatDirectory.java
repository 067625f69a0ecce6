package io.drawbridge.identity;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the chat platforms say of their workspaces and accounts; asked by us, never taken from what somebody sent.
 *
 * <p>Asking may take as long as the platform does: not inside a transaction.
 */
public interface ChatDirectory {
    /** The workspaces that the installation is configured for. */
    List<Workspace> workspaces();

    /** What the platform knows of an account; empty if it does not know it, or cannot be asked now. */
    Optional<Profile> profile(ChatAccount account);

    /** The workspace of that id. */
    default Optional<Workspace> workspace(ChatPlatform platform, String id) {
        return workspaces().stream()
                .filter(each -> each.platform() == platform && each.id().equals(id))
                .findFirst();
    }

    /**
     * A workspace.
     *
     * @param name as people call it, the id if nothing is known
     * @param tenant whose people are in it
     */
    record Workspace(ChatPlatform platform, String id, String name, TenantId tenant) {}

    /**
     * An account as the platform has it.
     *
     * @param name as people see it, in one line and without what turns letters round
     * @param address mail address, null if the platform does not tell it
     * @param member whether it is a living account of a person who belongs to that workspace: no guest, no bot, nobody from
     *     another workspace
     */
    record Profile(String name, @Nullable String address, boolean member) {
        public Profile {
            name = OneLine.of(name);
        }
    }
}
