/** The door to CloudTrail: reads its records and names the IAM action and the cause of a denial. */
@NullMarked
package io.drawbridge.intake.aws;

import org.jspecify.annotations.NullMarked;
