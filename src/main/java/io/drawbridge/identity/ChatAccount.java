package io.drawbridge.identity;

/**
 * Who is speaking in a chat, by the ids that the platform has vouched for with its signature; never by a name or an address.
 *
 * @param workspace id of the workspace, or of the organisation there, that the account belongs to
 * @param user id of the account in that workspace
 */
public record ChatAccount(ChatPlatform platform, String workspace, String user) {
    public ChatAccount {
        if (workspace.isBlank() || user.isBlank()) {
            throw new IllegalArgumentException("A chat account needs the ids of its workspace and of itself.");
        }
    }

    /** Such as {@code slack:T024BE7LD/U2147483697}; as it stands in the audit log. */
    @Override
    public String toString() {
        return platform.word() + ":" + workspace + "/" + user;
    }
}
