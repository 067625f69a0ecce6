/** Grants as permission sets of IAM Identity Center that are assigned to people in accounts. */
@NullMarked
package io.drawbridge.grant.aws.assignment;

import org.jspecify.annotations.NullMarked;
