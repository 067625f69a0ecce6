/** The order: the only package that knows Camunda. */
@NullMarked
package io.drawbridge.workflow;

import org.jspecify.annotations.NullMarked;
