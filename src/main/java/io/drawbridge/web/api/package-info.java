/** The HTTP API under {@code /v1}: one controller for each resource, and problems for whatever goes wrong. */
@NullMarked
package io.drawbridge.web.api;

import org.jspecify.annotations.NullMarked;
