package io.drawbridge.workflow;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.stereotype.Component;

/** The diagrams and the forms of this build, by the names under which they are deployed. */
@Component
class BuiltDiagrams {
    private static final String ROOT = "processes/";

    private final Map<String, byte[]> diagrams;
    private final Map<String, byte[]> forms;

    BuiltDiagrams(ResourcePatternResolver resources) {
        try {
            diagrams = read(resources, "", "*.bpmn");
            forms = read(resources, "forms/", "*.html");
        } catch (IOException unreadable) {
            throw new IllegalStateException("The diagrams in " + ROOT + " cannot be read.", unreadable);
        }
    }

    Map<String, byte[]> diagrams() {
        return diagrams;
    }

    Map<String, byte[]> forms() {
        return forms;
    }

    private static Map<String, byte[]> read(ResourcePatternResolver resources, String folder, String files)
            throws IOException {
        Map<String, byte[]> read = new TreeMap<>();
        for (Resource resource : resources.getResources("classpath:/" + ROOT + folder + files)) {
            try (InputStream content = resource.getInputStream()) {
                read.put(folder + resource.getFilename(), content.readAllBytes());
            }
        }
        if (read.isEmpty()) {
            throw new IllegalStateException(
                    "There is no " + ROOT + folder + files + " on the classpath; the build is not whole.");
        }
        return Collections.unmodifiableMap(read);
    }
}
