/** The who: tenants, people, their groups and roles, who is calling, and the trail that keeps what they did. */
@NullMarked
package io.drawbridge.identity;

import org.jspecify.annotations.NullMarked;
