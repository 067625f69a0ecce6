package io.drawbridge.web.pages;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Role;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestReader;
import io.drawbridge.request.RequestStatus;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.util.WebUtils;

/**
 * Leads a first-time visitor of the demo through the main job: ask, approve, watch it end.
 *
 * <p>Each step is done when the requests that he sees say so, whoever did it and however. There is no guide outside the
 * demo.
 */
@ControllerAdvice(assignableTypes = {RequestsPage.class, RequestPage.class})
@Profile("demo")
class DemoGuide {
    /** Cookie of a browser that wants no guide; it goes when the browser is closed. */
    private static final String CLOSED = "drawbridge-guide-closed";

    private static final int LOOKED_THROUGH = 25;

    private final SignedIn signedIn;
    private final RequestReader reader;
    private final Grants grants;
    private final String baseUrl;

    DemoGuide(
            SignedIn signedIn,
            RequestReader reader,
            Grants grants,
            @Value("${drawbridge.base-url:http://127.0.0.1:8080}") String baseUrl) {
        this.signedIn = signedIn;
        this.reader = reader;
        this.grants = grants;
        this.baseUrl = baseUrl;
    }

    /**
     * How far the visitor is.
     *
     * @param step the first that is not done, from 1; 4 when all are
     * @param request the request that this is about, null before there is one
     * @param mayDecide whether the visitor is one who approves
     * @param baseUrl where the API listens
     */
    record Progress(int step, @Nullable String request, boolean mayDecide, String baseUrl) {}

    @ModelAttribute("guide")
    @Nullable
    Progress guide(HttpServletRequest request) {
        if (!request.getMethod().equals("GET") || WebUtils.getCookie(request, CLOSED) != null) {
            return null;
        }
        Caller caller = signedIn.caller(request);
        return caller.has(Role.REQUESTER) || caller.isAdministrator() ? progress(caller) : null;
    }

    private Progress progress(Caller caller) {
        List<AccessRequest> requests = reader.list(caller, Set.of(), null, null, null, null, LOOKED_THROUGH);
        Map<RequestId, Grant> opened =
                grants.findByRequests(requests.stream().map(AccessRequest::id).toList());
        Optional<AccessRequest> ended = first(
                requests,
                request -> opened.containsKey(request.id())
                        && opened.get(request.id()).state() == GrantState.REVOKED);
        Optional<AccessRequest> approved = first(requests, request -> request.status() == RequestStatus.APPROVED);
        Optional<AccessRequest> open =
                first(requests, request -> request.status().isOpen());
        int step = ended.isPresent() ? 4 : approved.isPresent() ? 3 : open.isPresent() ? 2 : 1;
        String about = ended.or(() -> approved)
                .or(() -> open)
                .map(request -> request.id().value())
                .orElse(null);
        boolean own =
                open.filter(request -> request.requester().equals(caller.id())).isPresent();
        return new Progress(step, about, open.isPresent() && !own, baseUrl);
    }

    private static Optional<AccessRequest> first(List<AccessRequest> requests, Predicate<AccessRequest> wanted) {
        return requests.stream().filter(wanted).findFirst();
    }

    /** Closes the guide for this browser. */
    @Controller
    @Profile("demo")
    static class Closing {
        @PostMapping("/guide/close")
        ResponseEntity<Void> close(HttpServletRequest request) {
            return ResponseEntity.status(303)
                    .header(
                            HttpHeaders.SET_COOKIE,
                            ResponseCookie.from(CLOSED, "yes")
                                    .path("/")
                                    .httpOnly(true)
                                    .sameSite("Lax")
                                    .build()
                                    .toString())
                    .header(HttpHeaders.LOCATION, request.getContextPath() + "/requests")
                    .build();
        }
    }
}
