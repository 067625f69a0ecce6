/** AWS: where grants become access. */
@NullMarked
package io.drawbridge.grant.aws;

import org.jspecify.annotations.NullMarked;
