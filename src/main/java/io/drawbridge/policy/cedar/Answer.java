package io.drawbridge.policy.cedar;

import java.util.Map;
import java.util.Set;

/**
 * What Cedar said about a set of policies.
 *
 * @param allowed Cedar's own decision, which skips policies that err
 * @param reasons keys of the satisfied permits if allowed, else of the satisfied forbids
 * @param errors by key, what went wrong in policies that err
 */
record Answer(boolean allowed, Set<String> reasons, Map<String, String> errors) {}
