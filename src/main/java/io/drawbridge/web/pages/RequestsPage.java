package io.drawbridge.web.pages;

import io.drawbridge.identity.Caller;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.RequestReader;
import io.drawbridge.request.RequestStatus;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** The table of requests, with what waits for the caller on top. */
@Framed
@Controller
class RequestsPage {
    private static final int PAGE = 25;

    /** So many of the newest requests are looked through for what waits for the caller. */
    private static final int LOOKED_THROUGH = 100;

    private final RequestReader reader;
    private final RequestViews views;

    RequestsPage(RequestReader reader, RequestViews views) {
        this.reader = reader;
        this.views = views;
    }

    @GetMapping("/")
    String home() {
        return "redirect:/requests";
    }

    @GetMapping("/requests")
    String requests(
            @ModelAttribute(name = "caller", binding = false) Caller caller,
            @RequestParam(required = false) @Nullable String status,
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(required = false) @Nullable String cursor,
            Model model) {
        Set<RequestStatus> statuses = statuses(status);
        String text = q == null || q.isBlank() ? null : q.strip();
        List<AccessRequest> found = reader.list(caller, statuses, null, null, text, position(cursor), PAGE + 1);
        List<AccessRequest> shown = found.subList(0, Math.min(PAGE, found.size()));
        boolean plain = statuses.isEmpty() && text == null && cursor == null;
        model.addAttribute("waiting", plain ? waiting(caller) : List.of());
        model.addAttribute("lines", views.lines(caller, shown));
        model.addAttribute("next", found.size() > PAGE ? cursor(shown.get(shown.size() - 1)) : null);
        model.addAttribute("first", cursor == null);
        model.addAttribute("plain", plain);
        model.addAttribute("status", statuses.size() == 1 ? status : "");
        model.addAttribute("statuses", RequestStatus.values());
        model.addAttribute("q", text);
        return "requests";
    }

    private List<RequestViews.Line> waiting(Caller caller) {
        List<AccessRequest> candidates = reader.list(
                caller,
                EnumSet.of(RequestStatus.REQUESTED, RequestStatus.PENDING, RequestStatus.APPROVED),
                null,
                null,
                null,
                null,
                LOOKED_THROUGH);
        return views
                .lines(
                        caller,
                        candidates.stream()
                                .filter(request -> request.status().isOpen()
                                        || (request.reviewDueAt().isPresent()
                                                && request.review().isEmpty()))
                                .toList())
                .stream()
                .filter(RequestViews.Line::waits)
                .toList();
    }

    /** An unknown status filters nothing: an old bookmark should still show something. */
    private static Set<RequestStatus> statuses(@Nullable String status) {
        return Arrays.stream(RequestStatus.values())
                .filter(each -> each.name().equals(status))
                .findFirst()
                .map(Set::of)
                .orElse(Set.of());
    }

    private static String cursor(AccessRequest last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((last.createdAt() + "|" + last.id()).getBytes(StandardCharsets.UTF_8));
    }

    /** The place that a cursor names; one that cannot be read leads to the first page. */
    private static AccessRequests.@Nullable Position position(@Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split("\\|", 2);
            return parts.length == 2 ? new AccessRequests.Position(Instant.parse(parts[0]), parts[1]) : null;
        } catch (IllegalArgumentException | DateTimeException unreadable) {
            return null;
        }
    }
}
