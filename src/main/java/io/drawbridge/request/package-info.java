/** The asking: a request, its states, its decisions and its messages. */
@NullMarked
package io.drawbridge.request;

import org.jspecify.annotations.NullMarked;
