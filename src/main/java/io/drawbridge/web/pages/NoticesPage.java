package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import io.drawbridge.request.DeniedCallIntake;
import io.drawbridge.request.NoticeBoard;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** What was told to whom: one's own notices; for administrators everybody's, and the records that could not be handled. */
@Framed
@Controller
class NoticesPage {
    private static final int PAGE = 50;

    private final NoticeBoard board;
    private final DeniedCallIntake intake;

    NoticesPage(NoticeBoard board, DeniedCallIntake intake) {
        this.board = board;
        this.intake = intake;
    }

    /** One notice, to a person or to a channel; {@code sentAt} is null while it waits, or if it was given up. */
    record Told(
            String kind,
            String recipient,
            boolean toChannel,
            String address,
            String subject,
            String text,
            @Nullable String requestId,
            Moment createdAt,
            @Nullable Moment sentAt,
            int attempts,
            @Nullable String failure,
            @Nullable Moment givenUpAt) {}

    /** One record that could not be handled. */
    record Dead(long number, Moment receivedAt, @Nullable String eventId, String reason, String body) {}

    @GetMapping("/notices")
    String notices(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable Long before,
            Model model) {
        List<NoticeBoard.Notice> found = board.read(caller, before, PAGE + 1);
        List<NoticeBoard.Notice> shown = found.subList(0, Math.min(PAGE, found.size()));
        model.addAttribute("notices", shown.stream().map(NoticesPage::told).toList());
        model.addAttribute(
                "next", found.size() > PAGE ? shown.get(shown.size() - 1).number() : null);
        model.addAttribute("first", before == null);
        model.addAttribute(
                "deadLetters",
                caller.isAdministrator() && before == null
                        ? intake.deadLetters(caller, PAGE).stream()
                                .map(dead -> new Dead(
                                        dead.number(),
                                        Moment.of(dead.receivedAt()),
                                        dead.eventId(),
                                        dead.reason(),
                                        dead.body()))
                                .toList()
                        : List.of());
        return "notices";
    }

    private static Told told(NoticeBoard.Notice notice) {
        String person = notice.recipient();
        String channel = notice.channel();
        return new Told(
                notice.kind().replace('_', ' '),
                person != null ? person : channel != null ? channel : notice.address(),
                person == null,
                notice.address(),
                notice.subject(),
                notice.text(),
                notice.requestId(),
                Moment.of(notice.createdAt()),
                Moment.ofNullable(notice.sentAt()),
                notice.attempts(),
                notice.failure(),
                Moment.ofNullable(notice.givenUpAt()));
    }
}
