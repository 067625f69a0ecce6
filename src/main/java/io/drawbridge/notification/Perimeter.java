package io.drawbridge.notification;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Keeps webhooks outside: an administrator of a tenant must not reach, through Drawbridge, what only Drawbridge's network
 * reaches.
 *
 * <p>An address is asked for twice: when the channel is saved, and by {@link #resolve} at every delivery, whose connection is
 * then made to the very addresses that were looked at; a name that resolves elsewhere a second later gains nothing by it.
 * One address inside is enough to refuse the whole name. What is not known to be outside counts as inside: of IPv6 only
 * 2000::/3 is outside at all, so that mapped, translated (NAT64), local and unique local addresses need no list.
 */
@Component
final class Perimeter {
    static final String NOT_REACHED =
            "cannot be used: its host is not found, or lies inside the network. Whoever runs this installation allows a"
                    + " receiver inside by drawbridge.channels.allow-inside.";

    private static final int LONGEST = 2000;

    /**
     * IANA's special-purpose registries (IPv4 and IPv6, as of 2025), multicast, and the address at which Azure answers
     * questions about a machine, which looks public.
     */
    private static final List<Network> INSIDE = networks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20");

    private static final Network GLOBAL_V6 = Network.parse("2000::/3");

    /** Labels of letters, digits and hyphens, at least two of them, the last one not a number in any spelling. */
    private static final Pattern HOST_NAME = Pattern.compile(
            "(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+(?!0x)[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    private final ChannelProperties properties;
    private final Lookup lookup;
    private final List<Network> allowed;

    Perimeter(ChannelProperties properties, Lookup lookup) {
        this.properties = properties;
        this.lookup = lookup;
        this.allowed = properties.allowInside().stream()
                .filter(each -> each.contains("/"))
                .map(Network::parse)
                .toList();
    }

    /** What is wrong with the address of a webhook, for whoever typed it; null if it may be used as far as is known now. */
    @Nullable
    String flawIn(String address) {
        if (address.length() > LONGEST) {
            return "must have at most " + LONGEST + " characters.";
        }
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException unreadable) {
            return "is no address; expected one such as https://receiver.example.com/drawbridge.";
        }
        String shape = flawInShape(uri);
        if (shape != null) {
            return shape;
        }
        try {
            resolve(uri.getHost());
            return null;
        } catch (UnknownHostException refused) {
            return NOT_REACHED;
        }
    }

    private @Nullable String flawInShape(URI uri) {
        String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https")
                && !(scheme.equals("http") && properties.allowHttp().contains(host))) {
            return "must begin with https://.";
        }
        if (uri.getRawUserInfo() != null) {
            return "must not hold a user or a password; put what the receiver asks for into a header.";
        }
        if (uri.getRawFragment() != null) {
            return "must not hold a fragment (#…), which no receiver ever sees.";
        }
        if (properties.allowInside().contains(host)) {
            return null;
        }
        if (!HOST_NAME.matcher(host).matches()) {
            return "must name its host by a full name such as receiver.example.com, not by number.";
        }
        if (uri.getPort() != -1 && !properties.ports().contains(uri.getPort())) {
            return "must use one of the ports "
                    + properties.ports().stream().sorted().toList() + ".";
        }
        return null;
    }

    /**
     * The addresses of a host, every one of them outside or allowed.
     *
     * @throws UnknownHostException if there are none, or one of them lies inside
     */
    InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] found = lookup.addresses(host);
        if (found.length == 0) {
            throw new UnknownHostException("The host \"" + host + "\" has no address.");
        }
        if (!properties.allowInside().contains(host.toLowerCase(Locale.ROOT))) {
            for (InetAddress each : found) {
                if (isInside(each) && allowed.stream().noneMatch(network -> network.holds(each))) {
                    throw new UnknownHostException(
                            "The host \"" + host + "\" is not reached: it is not found, or lies inside the network.");
                }
            }
        }
        return found;
    }

    /** Whether an address is not known to be outside. */
    static boolean isInside(InetAddress address) {
        return (!(address instanceof Inet4Address) && !GLOBAL_V6.holds(address))
                || INSIDE.stream().anyMatch(network -> network.holds(address));
    }

    private static List<Network> networks(String... texts) {
        return java.util.Arrays.stream(texts).map(Network::parse).toList();
    }

    /** The addresses that begin with the same bits. */
    private record Network(int bytes, BigInteger beginning, int rest) {
        static Network parse(String text) {
            String[] parts = text.split("/", -1);
            try {
                // Only what is spelled in numbers, which no name service is asked for.
                if (parts.length == 2 && parts[0].matches("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*")) {
                    byte[] address = InetAddress.getByName(parts[0]).getAddress();
                    int bits = Integer.parseInt(parts[1]);
                    int rest = address.length * 8 - bits;
                    if (bits >= 0 && rest >= 0) {
                        return new Network(address.length, new BigInteger(1, address).shiftRight(rest), rest);
                    }
                }
            } catch (UnknownHostException | NumberFormatException unreadable) {
                throw bad(text, unreadable);
            }
            throw bad(text, null);
        }

        boolean holds(InetAddress address) {
            byte[] given = address.getAddress();
            return given.length == bytes
                    && new BigInteger(1, given).shiftRight(rest).equals(beginning);
        }

        private static IllegalArgumentException bad(String text, @Nullable Exception cause) {
            return new IllegalArgumentException(
                    "drawbridge.channels.allow-inside: \"" + text
                            + "\" is no network; expected one such as 10.1.0.0/16 or fd00:1::/32.",
                    cause);
        }
    }
}
