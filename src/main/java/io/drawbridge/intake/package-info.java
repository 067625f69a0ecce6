/** The noticing: records of denied calls become requests. */
@NullMarked
package io.drawbridge.intake;

import org.jspecify.annotations.NullMarked;
