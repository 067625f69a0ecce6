package io.drawbridge;

import java.util.TimeZone;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The application: one jar that asks, judges, opens and closes. */
@SpringBootApplication
public class Drawbridge {

    public static void main(String[] arguments) {
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
