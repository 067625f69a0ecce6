package empty;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Camunda with its applications and REST API on a file database, and nothing of ours. */
@SpringBootApplication
public class EmptyCamunda {
    public static void main(String[] arguments) {
        SpringApplication.run(EmptyCamunda.class, arguments);
    }
}
