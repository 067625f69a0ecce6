package io.drawbridge.request;

import io.drawbridge.identity.PersonId;
import java.time.Instant;

/** How the use of break-glass access was judged afterwards. */
public record Review(PersonId reviewer, String message, boolean justified, Instant at) {}
