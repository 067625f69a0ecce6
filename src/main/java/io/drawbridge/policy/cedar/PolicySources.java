package io.drawbridge.policy.cedar;

import io.drawbridge.identity.TenantId;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.InvalidPolicyException.Problem;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;

/**
 * The schema and every policy file, as they stood at one moment.
 *
 * @param tenants the files of each tenant, by name
 */
record PolicySources(String schema, Map<TenantId, List<PolicyFile>> tenants) {
    static final String SCHEMA_FILE = "drawbridge.cedarschema";

    /**
     * Reads a folder: the schema in it, and {@code *.cedar} one level below.
     *
     * @throws IOException if a file that is there cannot be read
     * @throws InvalidPolicyException if there is no schema
     */
    static PolicySources read(ResourcePatternResolver resources, String location) throws IOException {
        Resource schema = resources.getResource(location + SCHEMA_FILE);
        if (!schema.exists()) {
            throw new InvalidPolicyException(List.of(new Problem(
                    location + SCHEMA_FILE, "", 0, 0, "There is no such file; expected the schema of all policies.")));
        }
        Map<TenantId, List<PolicyFile>> tenants = new TreeMap<>(Comparator.comparing(TenantId::value));
        for (Resource resource : resources.getResources(location + "*/*.cedar")) {
            String[] path = resource.getURL().getPath().split("/", -1);
            String tenant = URLDecoder.decode(path[path.length - 2].replace("+", "%2B"), StandardCharsets.UTF_8);
            String name = URLDecoder.decode(path[path.length - 1].replace("+", "%2B"), StandardCharsets.UTF_8);
            tenants.computeIfAbsent(new TenantId(tenant), id -> new ArrayList<>())
                    .add(new PolicyFile(tenant + "/" + name, resource.getContentAsString(StandardCharsets.UTF_8)));
        }
        tenants.values().forEach(files -> files.sort(Comparator.comparing(PolicyFile::name)));
        return new PolicySources(schema.getContentAsString(StandardCharsets.UTF_8), tenants);
    }

    /** SHA-256 of one tenant's policies and the schema, in hex. */
    String hash(TenantId tenant) {
        return hash(schema, tenants.getOrDefault(tenant, List.of()));
    }

    /** SHA-256 of a schema and policies, in hex; each part with its length, so that no two sets look alike. */
    static String hash(String schema, List<PolicyFile> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, schema);
            for (PolicyFile file : files) {
                add(digest, file.name());
                add(digest, file.text());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }

    private static void add(MessageDigest digest, String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
    }

    /**
     * One file.
     *
     * @param name with its tenant's folder, such as {@code acme/break-glass.cedar}
     */
    record PolicyFile(String name, String text) {}
}
