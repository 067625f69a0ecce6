/** The telling: every message a person gets, through an outbox that loses nothing. */
@NullMarked
package io.drawbridge.notification;

import org.jspecify.annotations.NullMarked;
