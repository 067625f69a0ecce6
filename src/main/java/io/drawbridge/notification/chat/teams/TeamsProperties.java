package io.drawbridge.notification.chat.teams;

import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How Microsoft Teams is reached. Without an application id there is no Teams. The addresses are those of Microsoft's public
 * cloud; its clouds for governments have others.
 *
 * @param appId of the bot, as Microsoft Entra knows it; whatever Teams sends has to be meant for it
 * @param appSecret by which the bot gets its tokens
 * @param botTenant in which Entra tenant the bot is registered; {@code botframework.com} for a bot of several tenants
 * @param organisations whose people speak to the bot
 * @param serviceUrl where somebody is written to who has never spoken to the bot
 * @param serviceUrls beginnings of all addresses that messages and tokens may be sent to
 * @param issuer who signs what Teams sends
 * @param openidMetadata where that issuer says which keys it has
 * @param tokenUrl where the bot gets its tokens; that of {@code botTenant} if it is left out
 * @param scope what the bot's tokens are for
 * @param clockSkew how far the issuer's clock may be off, 5 min at most
 */
@ConfigurationProperties("drawbridge.teams")
record TeamsProperties(
        @DefaultValue("") String appId,
        @DefaultValue("") String appSecret,
        @DefaultValue("botframework.com") String botTenant,
        @DefaultValue List<Organisation> organisations,
        @DefaultValue("https://smba.trafficmanager.net/teams/") URI serviceUrl,
        @DefaultValue("https://smba.trafficmanager.net/") List<URI> serviceUrls,
        @DefaultValue("https://api.botframework.com") String issuer,
        @DefaultValue("https://login.botframework.com/v1/.well-known/openidconfiguration") URI openidMetadata,
        @Nullable URI tokenUrl,
        @DefaultValue("https://api.botframework.com/.default") String scope,
        @DefaultValue("PT5M") Duration clockSkew) {
    private static final Pattern GUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern DIRECTORY = Pattern.compile("[A-Za-z0-9.-]{1,100}");
    private static final String PROTECTED = "an https address; http on this machine only";
    private static final Duration LARGEST_SKEW = Duration.ofMinutes(5);

    TeamsProperties {
        appId = appId.strip().toLowerCase(Locale.ROOT);
        demand(isGuid(appId), "app-id", appId, "the application id of the bot, a GUID");
        demand(!appSecret.isBlank(), "app-secret", "", "a client secret of the application");
        demand(DIRECTORY.matcher(botTenant).matches(), "bot-tenant", botTenant, "the id or domain of an Entra tenant");
        tokenUrl = tokenUrl == null
                ? URI.create("https://login.microsoftonline.com/" + botTenant + "/oauth2/v2.0/token")
                : tokenUrl;
        organisations = List.copyOf(organisations);
        Set<String> ids = new HashSet<>();
        for (Organisation organisation : organisations) {
            demand(ids.add(organisation.id()), "organisations", organisation.id(), "each organisation once");
        }
        serviceUrls = serviceUrls.stream().map(TeamsProperties::ended).toList();
        serviceUrl = ended(serviceUrl);
        demand(isProtected(openidMetadata), "openid-metadata", openidMetadata, PROTECTED);
        demand(isProtected(tokenUrl), "token-url", tokenUrl, PROTECTED);
        for (URI address : serviceUrls) {
            demand(isProtected(address), "service-urls", address, PROTECTED);
        }
        demand(
                among(serviceUrls, serviceUrl),
                "service-url",
                serviceUrl,
                "an address that begins as one of service-urls does");
        demand(
                !clockSkew.isNegative() && clockSkew.compareTo(LARGEST_SKEW) <= 0,
                "clock-skew",
                clockSkew,
                "PT0S to PT5M");
    }

    /**
     * An Entra tenant whose people speak to the bot.
     *
     * @param id of the Entra tenant, a GUID
     * @param tenant ours, whose people they are
     * @param name as people call it; the id if it is left out
     */
    record Organisation(String id, String tenant, @Nullable String name) {
        Organisation {
            id = id.strip().toLowerCase(Locale.ROOT);
            demand(isGuid(id), "organisations[].id", id, "the id of an Entra tenant, a GUID");
            demand(!tenant.isBlank(), "organisations[].tenant", tenant, "the tenant whose people are in " + id);
        }

        String title() {
            return name == null || name.isBlank() ? id : name;
        }
    }

    /** Whether anything may be sent to that address: by its host, its port, and the beginning of its path. */
    boolean lists(String address) {
        try {
            return among(serviceUrls, ended(URI.create(address)));
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }

    static boolean isGuid(String text) {
        return GUID.matcher(text).matches();
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "TeamsProperties[appId=" + appId + ", organisations=" + organisations + ", serviceUrls=" + serviceUrls
                + "]";
    }

    private static boolean among(List<URI> listed, URI address) {
        String path = String.valueOf(address.getRawPath());
        boolean plain = address.getRawQuery() == null
                && address.getRawFragment() == null
                && address.getRawUserInfo() == null
                // NB. A path that somebody else would read otherwise is read by nobody.
                && !path.contains("%")
                && !path.contains("//")
                && !path.contains("/.");
        return plain
                && listed.stream()
                        .anyMatch(each -> String.valueOf(each.getScheme()).equalsIgnoreCase(address.getScheme())
                                && String.valueOf(each.getHost()).equalsIgnoreCase(address.getHost())
                                && each.getPort() == address.getPort()
                                && path.startsWith(each.getRawPath()));
    }

    private static URI ended(URI address) {
        return address.toString().endsWith("/") ? address : URI.create(address + "/");
    }

    private static boolean isProtected(URI address) {
        String host = String.valueOf(address.getHost());
        boolean here = host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
        return address.getHost() != null
                && address.getRawUserInfo() == null
                && ("https".equals(address.getScheme()) || ("http".equals(address.getScheme()) && here));
    }

    private static void demand(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "drawbridge.teams." + key + " is \"" + value + "\"; expected " + expected + ".");
        }
    }
}
