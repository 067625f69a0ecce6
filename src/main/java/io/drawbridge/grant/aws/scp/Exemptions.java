package io.drawbridge.grant.aws.scp;

import java.util.Collection;
import java.util.List;

/**
 * Whom a control does not close out, beside the {@linkplain AlwaysExempt always exempt}.
 *
 * @param arns roles and users of IAM
 * @param people users of IAM Identity Center, whichever permission set they come by
 */
public record Exemptions(List<PrincipalArn> arns, List<PrincipalId> people) {

    /** Nobody. */
    public static final Exemptions NONE = new Exemptions(List.of(), List.of());

    /** @throws IllegalArgumentException if one of the people is no Identity Center user */
    public Exemptions {
        arns = arns.stream().sorted().distinct().toList();
        people = people.stream().sorted().distinct().toList();
        for (PrincipalId person : people) {
            if (!person.isIdentityCenterUser()) {
                throw new IllegalArgumentException("\"" + person + "\" cannot be exempt as a person; expected an"
                        + " Identity Center user. An IAM user or role is exempt by its ARN.");
            }
        }
    }

    public static Exemptions of(Collection<String> arns, Collection<String> userIds) {
        return new Exemptions(
                arns.stream().map(PrincipalArn::new).toList(),
                userIds.stream().map(PrincipalId::identityCenterUser).toList());
    }
}
