package io.drawbridge.notification;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Under which address people reach Drawbridge.
 *
 * @param baseUrl http or https address that every link in a message begins with, such as https://drawbridge.example.com; never
 *     taken from a request's Host header, which anybody can set
 */
@ConfigurationProperties("drawbridge")
public record AddressProperties(@DefaultValue("http://127.0.0.1:8080") URI baseUrl) {
    public AddressProperties {
        String scheme = baseUrl.getScheme();
        if (!("http".equals(scheme) || "https".equals(scheme))
                || baseUrl.getHost() == null
                || baseUrl.getRawUserInfo() != null
                || baseUrl.getRawQuery() != null
                || baseUrl.getRawFragment() != null) {
            throw new IllegalArgumentException("drawbridge.base-url \"" + baseUrl
                    + "\" cannot begin a link; expected an http or https address without user, query or fragment, such as"
                    + " https://drawbridge.example.com.");
        }
        String address = baseUrl.toString();
        if (address.endsWith("/")) {
            baseUrl = URI.create(address.substring(0, address.length() - 1));
        }
    }
}
