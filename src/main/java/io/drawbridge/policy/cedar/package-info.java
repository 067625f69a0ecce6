/** The door to Cedar: loads, guards, validates and asks policies. */
@NullMarked
package io.drawbridge.policy.cedar;

import org.jspecify.annotations.NullMarked;
