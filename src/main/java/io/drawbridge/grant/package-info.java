/** The giving: a grant, its states, its leases, and the port to the cloud. */
@NullMarked
package io.drawbridge.grant;

import org.jspecify.annotations.NullMarked;
