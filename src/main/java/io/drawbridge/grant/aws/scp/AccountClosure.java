package io.drawbridge.grant.aws.scp;

import io.drawbridge.organization.PermissionName;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the controls close in one account: to its own principals, wherever they call. A service control policy does not
 * bind the management account, service-linked roles, or principals of other accounts.
 *
 * @param account 12 digits
 * @param protectedActions explicit actions that a lease can open, each with whom its control exempts
 * @param disabledServices services that are closed whole; no lease opens anything of theirs
 */
public record AccountClosure(
        String account, SortedMap<PermissionName, Exemptions> protectedActions, SortedSet<String> disabledServices) {

    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
    private static final Pattern SERVICE = Pattern.compile("[a-z0-9-]{1,64}");

    /** @throws IllegalArgumentException if something is of another form, named twice, or both protected and disabled */
    public AccountClosure {
        if (!ACCOUNT.matcher(account).matches()) {
            throw new IllegalArgumentException("\"" + account + "\" is no account; expected 12 digits.");
        }
        for (String service : disabledServices) {
            if (!SERVICE.matcher(service).matches()) {
                throw new IllegalArgumentException(
                        "\"" + service + "\" is no service; expected the prefix of its actions, such as s3.");
            }
        }
        TreeMap<String, PermissionName> seen = new TreeMap<>();
        for (PermissionName action : protectedActions.keySet()) {
            if (disabledServices.contains(action.service())) {
                throw new IllegalArgumentException("\"" + action + "\" cannot be protected in account " + account
                        + ": its service is disabled there.");
            }
            PermissionName twin = seen.put(key(action), action);
            if (twin != null) {
                throw new IllegalArgumentException(
                        "\"" + twin + "\" and \"" + action + "\" are one action; expected it once.");
            }
        }
        protectedActions = Collections.unmodifiableSortedMap(new TreeMap<>(protectedActions));
        disabledServices = Collections.unmodifiableSortedSet(new TreeSet<>(disabledServices));
    }

    public static AccountClosure of(
            String account, Map<PermissionName, Exemptions> protectedActions, Set<String> disabledServices) {
        return new AccountClosure(account, new TreeMap<>(protectedActions), new TreeSet<>(disabledServices));
    }

    /** What makes two spellings one action: AWS does not heed case in actions. */
    static String key(PermissionName action) {
        return action.toString().toLowerCase(Locale.ROOT);
    }
}
