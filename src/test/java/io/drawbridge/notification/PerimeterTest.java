package io.drawbridge.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a webhook may reach. */
class PerimeterTest {
    /** As an operating system's resolver reads what is no canonical number: every one of these is this very machine. */
    private static final Lookup OBLIGING = host -> new InetAddress[] {InetAddress.getByName("93.184.216.34")};

    @ParameterizedTest(name = "address \"{0}\"")
    @DisplayName(
            "an address that is spelled as a number, with a user, or without TLS is refused whatever it resolves to")
    @ValueSource(
            strings = {
                "https://127.0.0.1/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://0x7f.0.0.1/",
                "https://0177.0.0.1/",
                "https://017700000001/",
                "https://127.1/",
                "https://127.0.1/",
                "https://0/",
                "https://0.0.0.0/",
                "https://10.0.0.1/",
                "https://169.254.169.254/latest/meta-data/",
                "https://100.100.100.200/",
                "https://[::1]/",
                "https://[::]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[::127.0.0.1]/",
                "https://[64:ff9b::7f00:1]/",
                "https://[fe80::1%25eth0]/",
                "https://[fd00:ec2::254]/",
                "https://93.184.216.34/",
                "https://localhost/",
                "https://LOCALHOST/",
                "https://localhost./",
                "https://receiver.example.com./",
                "https://metadata/",
                "https://receiver.example.0x7f/",
                "https://receiver.example.1/",
                "https://receiver.example.com:22/",
                "https://receiver.example.com:5432/",
                "https://user@receiver.example.com/",
                "https://user:secret@receiver.example.com/",
                "https://receiver.example.com@127.0.0.1/",
                "https://receiver.example.com#@127.0.0.1/",
                "https://127.0.0.1\\@receiver.example.com/",
                "https://receiver.example.com%2f@127.0.0.1/",
                "https://%31%32%37.0.0.1/",
                "https://①②⑦.0.0.1/",
                "https://receiver。example。com/",
                "https://under_score.example.com/",
                "https:///hook",
                "https:receiver.example.com",
                "//receiver.example.com/hook",
                "http://receiver.example.com/",
                "ftp://receiver.example.com/",
                "file:///etc/passwd",
                "gopher://receiver.example.com/",
                "jar:https://receiver.example.com/x.jar!/",
                "https://receiver.example.com/a b",
                "receiver.example.com",
                ""
            })
    void refusesBySpelling(String address) {
        assertThat(perimeter(OBLIGING).flawIn(address)).isNotNull();
    }

    @Test
    void takesAnOrdinaryAddress() {
        Perimeter perimeter = perimeter(OBLIGING);

        assertThat(perimeter.flawIn("https://receiver.example.com/hook?key=1")).isNull();
        assertThat(perimeter.flawIn("HTTPS://Receiver.Example.COM:8443/")).isNull();
        assertThat(perimeter.flawIn("https://xn--mnchen-3ya.example/")).isNull();
    }

    @ParameterizedTest(name = "a name that resolves to {0}")
    @DisplayName(
            "a name that resolves inside is refused, when it is saved and when it is told, and says no more than one that is not found")
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "168.63.129.16",
                "169.254.169.254",
                "169.254.170.2",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.250",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:a9fe:a9fe",
                "::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void refusesByResolution(String address) {
        Perimeter perimeter = perimeter(host -> new InetAddress[] {InetAddress.getByName(address)});

        assertThat(perimeter.flawIn("https://receiver.example.com/")).isEqualTo(Perimeter.NOT_REACHED);
        assertThatExceptionOfType(UnknownHostException.class)
                .isThrownBy(() -> perimeter.resolve("receiver.example.com"))
                .withMessageNotContaining(address);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("what is next to a network inside is outside")
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "168.63.129.15",
                "169.253.255.255",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "223.255.255.255",
                "2606:4700::1",
                "2a00:1450::1"
            })
    void reachesWhatIsOutside(String address) throws UnknownHostException {
        assertThat(perimeter(host -> new InetAddress[] {InetAddress.getByName(address)})
                        .resolve("receiver.example.com"))
                .hasSize(1);
    }

    @Test
    void oneAddressInsideRefusesAll() {
        Perimeter perimeter = perimeter(
                host -> new InetAddress[] {InetAddress.getByName("93.184.216.34"), InetAddress.getByName("10.0.0.1")});

        assertThatExceptionOfType(UnknownHostException.class)
                .isThrownBy(() -> perimeter.resolve("receiver.example.com"));
    }

    @Test
    void nameThatIsNotFoundSaysTheSameAsOneInside() {
        Perimeter perimeter = perimeter(host -> {
            throw new UnknownHostException(host);
        });

        assertThat(perimeter.flawIn("https://receiver.example.com/")).isEqualTo(Perimeter.NOT_REACHED);
    }

    @Test
    void allowsHostsAndNetworksByName() throws UnknownHostException {
        Map<String, String> names =
                Map.of("inside.example.com", "10.0.0.1", "near.example.com", "10.1.2.3", "far.example.com", "10.2.0.1");
        Lookup lookup = host -> new InetAddress[] {InetAddress.getByName(names.getOrDefault(host, host))};
        Perimeter perimeter = new Perimeter(
                properties(Set.of("inside.example.com", "10.1.0.0/16", "127.0.0.1"), Set.of("127.0.0.1")), lookup);

        assertThat(perimeter.flawIn("https://inside.example.com:9000/")).isNull();
        assertThat(perimeter.flawIn("https://near.example.com/")).isNull();
        assertThat(perimeter.flawIn("http://127.0.0.1:9000/")).isNull();
        assertThat(perimeter.flawIn("https://far.example.com/")).isNotNull();
        assertThat(perimeter.flawIn("http://inside.example.com/")).isNotNull();
        assertThat(perimeter.flawIn("https://127.0.0.2/")).isNotNull();
    }

    @Test
    void refusesANetworkThatIsNone() {
        List<String> wrong = new ArrayList<>();
        for (String network : Arrays.asList("10.0.0.0/33", "example.com/8", "10.0.0.0/x", "/8")) {
            try {
                new Perimeter(properties(Set.of(network), Set.of()), OBLIGING);
            } catch (IllegalArgumentException refused) {
                wrong.add(network);
            }
        }

        assertThat(wrong).containsExactly("10.0.0.0/33", "example.com/8", "10.0.0.0/x", "/8");
    }

    private static Perimeter perimeter(Lookup lookup) {
        return new Perimeter(properties(Set.of(), Set.of()), lookup);
    }

    private static ChannelProperties properties(Set<String> inside, Set<String> http) {
        return new ChannelProperties(
                List.of(), inside, http, Set.of(443, 8443), Duration.ofSeconds(2), Duration.ofDays(3), 8);
    }
}
