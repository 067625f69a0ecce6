package io.drawbridge;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The application: one jar that asks, judges, opens and closes. */
@SpringBootApplication
public class Drawbridge {

    public static void main(String[] arguments) {
        SpringApplication.run(Drawbridge.class, arguments);
    }
}
