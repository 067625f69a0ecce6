/** A cloud that grants nothing and remembers everything: for the demo, for tests, and for trying policies. */
@NullMarked
package io.drawbridge.grant.dryrun;

import org.jspecify.annotations.NullMarked;
