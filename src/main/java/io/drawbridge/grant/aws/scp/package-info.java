/** The way {@code scp-exemption} as text: which service control policies close an account and leave its leases open. */
@NullMarked
package io.drawbridge.grant.aws.scp;

import org.jspecify.annotations.NullMarked;
