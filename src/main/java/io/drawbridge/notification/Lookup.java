package io.drawbridge.notification;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Asks the name service. */
@FunctionalInterface
interface Lookup {
    /** All addresses of a host. */
    InetAddress[] addresses(String host) throws UnknownHostException;
}
