/** The telling by AWS SNS. */
@NullMarked
package io.drawbridge.notification.aws;

import org.jspecify.annotations.NullMarked;
