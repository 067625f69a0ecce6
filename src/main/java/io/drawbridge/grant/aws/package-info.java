/** The door to AWS: where a grant becomes access in an account, and its end the loss of it. */
@NullMarked
package io.drawbridge.grant.aws;

import org.jspecify.annotations.NullMarked;
