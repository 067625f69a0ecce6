package io.drawbridge.notification.chat;

import io.drawbridge.identity.ChatAccount;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What a platform needs to write to an account without being spoken to: a conversation, or where its service lies. */
@Repository
public class ChatReaches {
    private static final String ACCOUNT =
            " where platform = :platform and workspace = :workspace and account = :account";

    private final JdbcClient database;

    ChatReaches(JdbcClient database) {
        this.database = database;
    }

    /** What was kept last. */
    public Optional<String> of(ChatAccount account) {
        return database.sql("select reach from chat_reach" + ACCOUNT)
                .params(key(account))
                .query(String.class)
                .optional();
    }

    /**
     * Keeps it in the place of what was kept before. Not inside a transaction: of two who keep at the same moment the later
     * one counts, and neither fails.
     *
     * @param reach in the platform's own form, at most 2,000 characters, no secret
     */
    public void keep(ChatAccount account, String reach) {
        if (replace(account, reach)) {
            return;
        }
        try {
            database.sql("insert into chat_reach (platform, workspace, account, reach)"
                            + " values (:platform, :workspace, :account, :reach)")
                    .params(key(account))
                    .param("reach", reach)
                    .update();
        } catch (DuplicateKeyException kept) {
            replace(account, reach);
        }
    }

    private boolean replace(ChatAccount account, String reach) {
        return database.sql("update chat_reach set reach = :reach" + ACCOUNT)
                        .params(key(account))
                        .param("reach", reach)
                        .update()
                > 0;
    }

    private static Map<String, Object> key(ChatAccount account) {
        return Map.of(
                "platform", account.platform().word(), "workspace", account.workspace(), "account", account.user());
    }
}
