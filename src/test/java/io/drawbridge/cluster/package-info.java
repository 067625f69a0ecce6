/** Nodes that share a PostgreSQL, with load on: killed, stopped, cut off from what they need. Nothing may get lost. */
@NullMarked
package io.drawbridge.cluster;

import org.jspecify.annotations.NullMarked;
