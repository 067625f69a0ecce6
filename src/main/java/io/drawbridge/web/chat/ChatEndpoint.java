package io.drawbridge.web.chat;

import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.request.ChatDoor;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;

/**
 * The address that a chat platform is told. Open to everybody, and without CSRF tokens: the door behind it believes nothing
 * that the platform has not signed.
 */
@Controller
class ChatEndpoint {
    /** Longest delivery; no platform sends one half as long. */
    private static final int LONGEST = 512 * 1024;

    private final Map<ChatPlatform, ChatDoor> doors = new EnumMap<>(ChatPlatform.class);

    ChatEndpoint(ObjectProvider<ChatDoor> doors) {
        doors.forEach(door -> this.doors.put(door.platform(), door));
    }

    /** Answers 404 for a platform that the installation is not configured for. */
    @PostMapping("/chat/slack")
    ResponseEntity<String> slack(HttpServletRequest request) throws IOException {
        return receive(ChatPlatform.SLACK, request);
    }

    /** Answers 404 for a platform that the installation is not configured for. */
    @PostMapping("/chat/teams")
    ResponseEntity<String> teams(HttpServletRequest request) throws IOException {
        return receive(ChatPlatform.TEAMS, request);
    }

    private ResponseEntity<String> receive(ChatPlatform platform, HttpServletRequest request) throws IOException {
        ChatDoor door = doors.get(platform);
        if (door == null) {
            return ResponseEntity.notFound().build();
        }
        byte[] body = request.getInputStream().readNBytes(LONGEST + 1);
        if (body.length > LONGEST) {
            return ResponseEntity.status(HttpStatus.PAYLOAD_TOO_LARGE).build();
        }
        ChatDoor.Answer answer =
                door.receive(new ChatDoor.Delivery(headers(request), new String(body, StandardCharsets.UTF_8)));
        ResponseEntity.BodyBuilder response = ResponseEntity.status(answer.status());
        return answer.contentType() == null
                ? response.build()
                : response.contentType(MediaType.parseMediaType(answer.contentType()))
                        .body(answer.body());
    }

    private static Map<String, List<String>> headers(HttpServletRequest request) {
        Map<String, List<String>> headers = new HashMap<>();
        Collections.list(request.getHeaderNames())
                .forEach(
                        name -> headers.put(name.toLowerCase(Locale.ROOT), Collections.list(request.getHeaders(name))));
        return headers;
    }
}
