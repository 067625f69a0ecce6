package io.drawbridge.notification.chat;

import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.TenantId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** All platforms that the installation is configured for; none, if none is. */
@Component
class ChatLines implements ChatDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(ChatLines.class);

    private final Map<ChatPlatform, ChatLine> lines = new EnumMap<>(ChatPlatform.class);
    private final List<Workspace> workspaces;

    ChatLines(ObjectProvider<ChatLine> lines) {
        lines.forEach(line -> {
            if (this.lines.put(line.platform(), line) != null) {
                throw new IllegalStateException(
                        "There are two ways to " + line.platform().title() + "; expected one.");
            }
        });
        workspaces = this.lines.values().stream()
                .flatMap(line -> line.workspaces().stream())
                .toList();
    }

    Optional<ChatLine> line(ChatPlatform platform) {
        return Optional.ofNullable(lines.get(platform));
    }

    boolean any() {
        return !lines.isEmpty();
    }

    @Override
    public List<Workspace> workspaces() {
        return workspaces;
    }

    List<Workspace> of(TenantId tenant) {
        return workspaces.stream()
                .filter(workspace -> workspace.tenant().equals(tenant))
                .toList();
    }

    @Override
    public Optional<Profile> profile(ChatAccount account) {
        Optional<ChatLine> line = line(account.platform());
        if (line.isEmpty()) {
            return Optional.empty();
        }
        try {
            return line.get().profile(account);
        } catch (ChatFailure failure) {
            LOG.warn("{} could not be asked about {}: {}", account.platform().title(), account, failure.getMessage());
            return Optional.empty();
        }
    }
}
