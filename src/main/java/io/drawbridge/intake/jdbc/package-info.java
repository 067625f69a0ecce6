/** The intake's own tables. */
@NullMarked
package io.drawbridge.intake.jdbc;

import org.jspecify.annotations.NullMarked;
