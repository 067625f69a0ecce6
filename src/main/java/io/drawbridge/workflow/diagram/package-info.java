/** The check of a diagram before it is deployed: what it may be made of, and that no way leaves access behind. */
@NullMarked
package io.drawbridge.workflow.diagram;

import org.jspecify.annotations.NullMarked;
