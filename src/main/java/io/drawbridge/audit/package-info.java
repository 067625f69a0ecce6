/** The remembering: what was done, by whom, in the transaction in which it was done. */
@NullMarked
package io.drawbridge.audit;

import org.jspecify.annotations.NullMarked;
