package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Role;
import io.drawbridge.request.DeniedCallIntake;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Takes in records of calls from the cloud, and shows those that could not be handled. */
@RestController
@RequestMapping(path = "/v1/events", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Events")
class EventController {
    private static final int LONGEST_PAGE = 200;

    private final DeniedCallIntake intake;

    EventController(DeniedCallIntake intake) {
        this.intake = intake;
    }

    /** NB. The body is taken as text: what is wrong with one record in it is for the intake to say, record by record. */
    @PostMapping(path = "/cloudtrail", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(
            summary =
                    "Hand in a CloudTrail record, an EventBridge envelope, or a log file; for intake and administrators.")
    @ApiResponse(responseCode = "202", description = "What became of each record.")
    @ProblemStatuses({409, 413})
    DeniedCallIntake.Receipt receive(@Only({Role.INTAKE, Role.ADMINISTRATOR}) Caller caller, @RequestBody String body) {
        return intake.receive(caller, body);
    }

    @GetMapping("/dead-letters")
    @Operation(summary = "List the records that could not be handled, newest first; for administrators.")
    @ApiResponse(responseCode = "200", description = "The newest of them, with the reason.")
    @ProblemStatuses(422)
    PageOf<DeniedCallIntake.DeadLetter> deadLetters(
            @Only(Role.ADMINISTRATOR) Caller caller, @RequestParam(required = false) @Nullable String limit) {
        return PageOf.all(intake.deadLetters(caller, Given.limit(limit, LONGEST_PAGE)));
    }
}
