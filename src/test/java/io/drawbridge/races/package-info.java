/** Two who want the same thing at the same moment: one gets it, the other is told. */
@NullMarked
package io.drawbridge.races;

import org.jspecify.annotations.NullMarked;
