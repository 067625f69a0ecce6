package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatConnection;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.organization.NoticeChoiceDesk;
import io.drawbridge.organization.NoticeChoices.Mute;
import io.drawbridge.organization.Reach;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Scopes;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** One's own chat accounts and what one does not want to be told; for administrators the workspaces too. */
@Framed
@Controller
class ChatPage {
    private static final Map<String, String> CHANNELS =
            Map.of("mail", "Mail", "slack", "Slack", "teams", "Microsoft Teams");

    private final ChatAccountDesk accounts;
    private final ChatDirectory directory;
    private final NoticeChoiceDesk choices;
    private final Scopes scopes;
    private final Reach reach;

    ChatPage(ChatAccountDesk accounts, ChatDirectory directory, NoticeChoiceDesk choices, Scopes scopes, Reach reach) {
        this.accounts = accounts;
        this.directory = directory;
        this.choices = choices;
        this.scopes = scopes;
        this.reach = reach;
    }

    /** A chat account that speaks for the caller. */
    record Account(
            String platform,
            String word,
            String workspace,
            String workspaceName,
            String user,
            String name,
            Moment since) {}

    /** A workspace of the tenant. */
    record Workspace(String platform, String word, String id, String name, boolean verified) {}

    /** Something that is not told, or could be chosen not to be. */
    record Silence(String kind, String name, String words) {}

    @GetMapping("/chat")
    String look(@ModelAttribute(name = "caller", binding = false) Caller caller, Model model) {
        model.addAttribute(
                "accounts", accounts.list(caller).stream().map(this::account).toList());
        Set<Mute> mutes = choices.mutes(caller);
        model.addAttribute(
                "silences", mutes.stream().map(mute -> silence(caller, mute)).toList());
        model.addAttribute(
                "channels",
                NoticeChoiceDesk.CHANNELS.stream()
                        .filter(channel -> !mutes.contains(new Mute(Mute.Kind.CHANNEL, channel)))
                        .map(channel ->
                                new Silence(Mute.Kind.CHANNEL.name(), channel, CHANNELS.getOrDefault(channel, channel)))
                        .toList());
        Set<String> known =
                reach.readable(caller).stream().map(scope -> scope.value()).collect(Collectors.toSet());
        model.addAttribute(
                "scopes",
                scopes.of(caller.tenant()).stream()
                        .filter(scope ->
                                scope.isAccount() || known.contains(scope.id().value()))
                        .filter(scope -> !mutes.contains(
                                new Mute(Mute.Kind.SCOPE, scope.id().value())))
                        .sorted(Comparator.comparing(Scope::name))
                        .map(scope -> new Silence(
                                Mute.Kind.SCOPE.name(), scope.id().value(), scope.name() + " (" + scope.id() + ")"))
                        .toList());
        model.addAttribute(
                "workspaces",
                caller.isAdministrator()
                        ? accounts.workspaces(caller).stream()
                                .map(this::workspace)
                                .toList()
                        : List.of());
        model.addAttribute("addendum", choices.addendum(caller));
        model.addAttribute("longest", NoticeChoiceDesk.LONGEST_ADDENDUM);
        return "chat";
    }

    @PostMapping("/chat/disconnect")
    String disconnect(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(defaultValue = "") String platform,
            @RequestParam(defaultValue = "") String workspace,
            @RequestParam(defaultValue = "") String user,
            RedirectAttributes flash) {
        accounts.disconnect(caller, named(platform, workspace, user));
        flash.addFlashAttribute("done", "The chat account does not speak for you any more.");
        return "redirect:/chat";
    }

    @PostMapping("/chat/mute")
    String mute(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(defaultValue = "") String kind,
            @RequestParam(required = false) @Nullable String name,
            RedirectAttributes flash) {
        return chosen(
                flash,
                "You are not told that any more; the pages show it still.",
                () -> choices.mute(caller, kind(kind), name));
    }

    @PostMapping("/chat/unmute")
    String unmute(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(defaultValue = "") String kind,
            @RequestParam(required = false) @Nullable String name,
            RedirectAttributes flash) {
        return chosen(flash, "You are told that again.", () -> choices.unmute(caller, kind(kind), name));
    }

    @PostMapping("/chat/workspaces")
    String declare(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(defaultValue = "") String platform,
            @RequestParam(defaultValue = "") String workspace,
            @RequestParam(defaultValue = "false") boolean verified,
            RedirectAttributes flash) {
        ChatDirectory.Workspace declared = accounts.workspaces(caller).stream()
                .filter(known ->
                        known.platform().word().equals(platform) && known.id().equals(workspace))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("workspace", workspace));
        accounts.setAddressesVerified(caller, declared.platform(), declared.id(), verified);
        flash.addFlashAttribute(
                "done",
                verified
                        ? "Accounts of the workspace match people by their addresses now."
                        : "Accounts match by their addresses no more; who was matched so has to connect.");
        return "redirect:/chat";
    }

    @PostMapping("/chat/addendum")
    String addendum(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable String words,
            RedirectAttributes flash) {
        return chosen(flash, "That stands below chat messages from now on.", () -> choices.setAddendum(caller, words));
    }

    /** What the link would connect, so that nobody confirms what he does not know; nothing is changed by looking. */
    @GetMapping("/chat/connect/{token}")
    String offered(
            @ModelAttribute(name = "caller", binding = false) Caller caller, @PathVariable String token, Model model) {
        ChatAccountDesk.Offered offered = accounts.look(caller, token);
        model.addAttribute("offered", offered);
        model.addAttribute("platform", offered.account().platform().title());
        model.addAttribute("token", token);
        return "chat-connect";
    }

    @PostMapping("/chat/connect/{token}")
    String connect(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @PathVariable String token,
            RedirectAttributes flash) {
        ChatConnection connection = accounts.connect(caller, token);
        flash.addFlashAttribute(
                "done",
                "The account " + connection.name() + " in "
                        + connection.account().platform().title() + " speaks for you now.");
        return "redirect:/chat";
    }

    private static String chosen(RedirectAttributes flash, String done, Runnable choice) {
        try {
            choice.run();
            flash.addFlashAttribute("done", done);
        } catch (InvalidInputException wrong) {
            flash.addFlashAttribute("failed", String.join(" ", wrong.fields().values()));
        }
        return "redirect:/chat";
    }

    private Account account(ChatConnection connection) {
        ChatAccount account = connection.account();
        return new Account(
                account.platform().title(),
                account.platform().word(),
                account.workspace(),
                directory
                        .workspace(account.platform(), account.workspace())
                        .map(ChatDirectory.Workspace::name)
                        .orElse(account.workspace()),
                account.user(),
                connection.name(),
                Moment.of(connection.connectedAt()));
    }

    private Workspace workspace(ChatDirectory.Workspace workspace) {
        return new Workspace(
                workspace.platform().title(),
                workspace.platform().word(),
                workspace.id(),
                workspace.name(),
                accounts.addressesVerified(workspace.platform(), workspace.id()));
    }

    private Silence silence(Caller caller, Mute mute) {
        String words = mute.kind() == Mute.Kind.CHANNEL
                ? CHANNELS.getOrDefault(mute.name(), mute.name())
                : scopes.find(caller.tenant(), new ScopeId(mute.name()))
                        .map(scope -> scope.name() + " (" + scope.id() + ")")
                        .orElse(mute.name());
        return new Silence(mute.kind().name(), mute.name(), words);
    }

    private static ChatAccount named(String platform, String workspace, String user) {
        if (workspace.isBlank() || user.isBlank()) {
            throw new NotFoundException("chat account", user);
        }
        return new ChatAccount(platform(platform), workspace, user);
    }

    private static ChatPlatform platform(String word) {
        for (ChatPlatform platform : ChatPlatform.values()) {
            if (platform.word().equals(word.toLowerCase(Locale.ROOT))) {
                return platform;
            }
        }
        throw new NotFoundException("chat platform", word);
    }

    private static Mute.Kind kind(String name) {
        return name.equals(Mute.Kind.SCOPE.name()) ? Mute.Kind.SCOPE : Mute.Kind.CHANNEL;
    }
}
