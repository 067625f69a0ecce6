/** Who comes in: sign-in, the rules of the door, and the caller as the domain knows him. */
@NullMarked
package io.drawbridge.web.security;

import org.jspecify.annotations.NullMarked;
