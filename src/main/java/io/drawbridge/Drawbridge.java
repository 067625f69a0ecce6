package io.drawbridge;

import io.drawbridge.audit.OfflineVerification;
import java.util.List;
import java.util.TimeZone;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The application: one jar that asks, judges, opens and closes. */
@SpringBootApplication
public class Drawbridge {

    /** Starts the application; or, with {@code verify-audit}, verifies an export of the audit trail and ends. */
    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals(OfflineVerification.COMMAND)) {
            System.exit(OfflineVerification.run(List.of(arguments).subList(1, arguments.length), System.out));
        }
        runInUtc();
        SpringApplication.run(Drawbridge.class, arguments);
    }

    /**
     * Makes UTC the zone of this process, whatever the machine's.
     *
     * <p>The engine keeps due dates without a zone, in that of the process (Camunda 7.24, {@code DUEDATE_} is a plain
     * timestamp). In a zone with daylight saving an hour of each year is there twice, and an end in it could be an hour off;
     * and two nodes in different zones would read each other's timers wrongly.
     */
    static void runInUtc() {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    }
}
