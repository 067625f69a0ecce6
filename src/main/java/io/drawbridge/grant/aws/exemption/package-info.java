/** The way by exemption: writes the service control policies, one writer at a time, and knows when they are in force. */
@NullMarked
package io.drawbridge.grant.aws.exemption;

import org.jspecify.annotations.NullMarked;
