package io.drawbridge.organization.aws;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How tenants are connected to AWS.
 *
 * @param endpoint where all AWS APIs are, in place of AWS; for tests
 * @param callTimeout longest that one call may take; from 1s to 10s, because a call has to end well before a fence and a job's lock do
 * @param tenants by the tenant's key
 * @param quotas calls a second and burst by API, such as {@code organizations:UpdatePolicy}, in place of the defaults
 */
@ConfigurationProperties("drawbridge.aws")
public record AwsProperties(
        @Nullable URI endpoint,
        @DefaultValue("10s") Duration callTimeout,
        @DefaultValue Map<String, Tenant> tenants,
        @DefaultValue Map<String, Rate> quotas) {
    private static final Pattern ROLE = Pattern.compile("arn:aws[a-z-]*:iam::\\d{12}:role/[\\w+=,.@/-]{1,576}");
    private static final Pattern ROLE_ANYWHERE =
            Pattern.compile("arn:aws[a-z-]*:iam::(\\d{12}|\\*):role/[\\w+=,.@/-]{1,576}");
    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
    private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]+)+-\\d");

    public AwsProperties {
        tenants = Map.copyOf(tenants);
        quotas = Map.copyOf(quotas);
        if (callTimeout.compareTo(Duration.ofSeconds(1)) < 0 || callTimeout.compareTo(Duration.ofSeconds(10)) > 0) {
            throw new IllegalArgumentException(
                    "drawbridge.aws.call-timeout: " + callTimeout + " cannot be used; expected 1s to 10s.");
        }
    }

    /**
     * One tenant's AWS organization.
     *
     * @param accountId the account in which {@code roleArn} lies, 12 digits: the delegated administrator
     * @param roleArn role that Drawbridge assumes; null to work with the node's own credentials
     * @param externalId what the role's trust policy asks for; null if it asks for nothing
     * @param region home Region of IAM Identity Center and of the queue
     * @param managementAccountId the organization's management account, which service control policies do not bind
     * @param instanceArn IAM Identity Center instance
     * @param identityStoreId identity store of that instance, {@code d-…}
     * @param memberRole name of the role that Drawbridge assumes in member accounts
     * @param ownRoles ARNs of Drawbridge's own roles, exempt in every document
     * @param breakGlassRoles ARNs of the roles that stay open whatever happens, exempt in every document; at least one of
     *     each account, or with {@code *} for the account
     * @param queueUrl queue of denied calls; null to receive none
     */
    public record Tenant(
            String accountId,
            @Nullable String roleArn,
            @Nullable String externalId,
            String region,
            @Nullable String managementAccountId,
            @Nullable String instanceArn,
            @Nullable String identityStoreId,
            @DefaultValue("DrawbridgeMember") String memberRole,
            @DefaultValue List<String> ownRoles,
            @DefaultValue List<String> breakGlassRoles,
            @Nullable URI queueUrl) {
        public Tenant {
            ownRoles = List.copyOf(ownRoles);
            breakGlassRoles = List.copyOf(breakGlassRoles);
            demand("account-id", accountId, ACCOUNT, "12 digits");
            demand("region", region, REGION, "a Region such as eu-central-1");
            if (roleArn != null) {
                demand("role-arn", roleArn, ROLE, "the ARN of a role");
            }
            if (managementAccountId != null) {
                demand("management-account-id", managementAccountId, ACCOUNT, "12 digits");
            }
            for (String role : ownRoles) {
                demand("own-roles", role, ROLE_ANYWHERE, "ARNs of roles, with * for any account");
            }
            for (String role : breakGlassRoles) {
                demand("break-glass-roles", role, ROLE_ANYWHERE, "ARNs of roles, with * for any account");
            }
        }

        private static void demand(String key, @Nullable String value, Pattern form, String expected) {
            if (value == null || !form.matcher(value).matches()) {
                throw new IllegalArgumentException("drawbridge.aws.tenants.*." + key + ": \"" + value
                        + "\" cannot be used; expected " + expected + ".");
            }
        }
    }

    /**
     * How often an API may be called.
     *
     * @param perSecond calls a second in the long run, above 0
     * @param burst calls at once, at least 1
     */
    public record Rate(double perSecond, double burst) {
        public Rate {
            if (!(perSecond > 0) || !(burst >= 1)) {
                throw new IllegalArgumentException("drawbridge.aws.quotas: " + perSecond + " a second with a burst of "
                        + burst + " cannot be used; expected more than 0, and at least 1.");
            }
        }
    }
}
