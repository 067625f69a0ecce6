/** The judging: one question, one reasoned answer. */
@NullMarked
package io.drawbridge.policy;

import org.jspecify.annotations.NullMarked;
