package io.drawbridge.notification;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How tenants' own receivers are told.
 *
 * @param secretKeys keys that keep the secrets of webhooks, each 32 bytes in Base64: the first seals, all of them open.
 *     Without one there are no webhooks. To change the key, put the new one first.
 * @param allowInside hosts by name, and networks such as 10.1.0.0/16, that a webhook may reach although they lie inside the
 *     network
 * @param allowHttp hosts that a webhook may reach without TLS
 * @param ports ports that a webhook may reach; a host named in {@code allow-inside} may be reached at any
 * @param timeout how long a receiver may take for its whole answer, 1 s to 30 s
 * @param stopAfter how long a channel may fail before it is stopped until an administrator starts it again, 1 h to 30 days
 * @param concurrency deliveries under way at a time and node, 2 to 64; at most a quarter of them for one tenant
 */
@ConfigurationProperties("drawbridge.channels")
record ChannelProperties(
        @DefaultValue List<String> secretKeys,
        @DefaultValue Set<String> allowInside,
        @DefaultValue Set<String> allowHttp,
        @DefaultValue({"443", "8443"}) Set<Integer> ports,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("3d") Duration stopAfter,
        @DefaultValue("16") int concurrency) {
    ChannelProperties {
        secretKeys = List.copyOf(secretKeys);
        allowInside = lower(allowInside);
        allowHttp = lower(allowHttp);
        ports = Set.copyOf(ports);
        demand("timeout", timeout, Duration.ofSeconds(1), Duration.ofSeconds(30));
        demand("stop-after", stopAfter, Duration.ofHours(1), Duration.ofDays(30));
        demand("concurrency", concurrency, 2, 64);
        if (ports.stream().anyMatch(port -> port < 1 || port > 65_535)) {
            throw new IllegalArgumentException(
                    "drawbridge.channels.ports: " + ports + " cannot be used; expected ports from 1 to 65535.");
        }
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "ChannelProperties[" + secretKeys.size() + " keys]";
    }

    private static Set<String> lower(Set<String> hosts) {
        Set<String> lower = new HashSet<>();
        hosts.forEach(host -> lower.add(host.strip().toLowerCase(Locale.ROOT)));
        return Set.copyOf(lower);
    }

    private static <T extends Comparable<T>> void demand(String key, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("drawbridge.channels." + key + ": " + value
                    + " cannot be used; expected " + least + " to " + most + ".");
        }
    }
}
