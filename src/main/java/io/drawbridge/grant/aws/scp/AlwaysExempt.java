package io.drawbridge.grant.aws.scp;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who passes every statement of every document: Drawbridge itself, and whoever is to get in when Drawbridge cannot.
 *
 * @param own the role that Drawbridge acts by
 * @param breakGlass the roles for emergencies, at least one
 */
public record AlwaysExempt(PrincipalArn own, List<PrincipalArn> breakGlass) {

    /** @throws IllegalArgumentException if there is no break-glass role beside Drawbridge's own, or one covers every role */
    public AlwaysExempt {
        breakGlass = breakGlass.stream().sorted().distinct().toList();
        for (PrincipalArn role :
                Stream.concat(Stream.of(own), breakGlass.stream()).toList()) {
            if (!role.isRole() || role.coversEveryName()) {
                throw new IllegalArgumentException("\"" + role + "\" cannot always be exempt; expected a role by its"
                        + " name, such as arn:aws:iam::111122223333:role/BreakGlass.");
            }
        }
        if (breakGlass.isEmpty() || breakGlass.equals(List.of(own))) {
            throw new IllegalArgumentException("No break-glass role is exempt beside Drawbridge's own, \"" + own
                    + "\"; expected at least one, so that an account can be entered when Drawbridge cannot open it.");
        }
    }

    /** Sorted, without the one that is named twice. */
    List<PrincipalArn> all() {
        return Stream.concat(Stream.of(own), breakGlass.stream())
                .sorted()
                .distinct()
                .toList();
    }

    /** Whether a break-glass role of that account can be meant; one of another account opens nothing there. */
    boolean reaches(String account) {
        return breakGlass.stream().anyMatch(role -> role.reaches(account));
    }

    public static AlwaysExempt of(String own, Collection<String> breakGlass) {
        return new AlwaysExempt(
                new PrincipalArn(own),
                breakGlass.stream().map(PrincipalArn::new).toList());
    }
}
