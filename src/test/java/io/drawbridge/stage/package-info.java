/** What tests of the whole application stand on: the cast, a clock that is moved by hand, and the demo organisation anew. */
@NullMarked
package io.drawbridge.stage;

import org.jspecify.annotations.NullMarked;
