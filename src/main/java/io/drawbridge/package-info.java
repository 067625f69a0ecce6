/** Privileged cloud permissions on demand: asked for, judged, approved, opened, and taken back on time. */
@NullMarked
package io.drawbridge;

import org.jspecify.annotations.NullMarked;
