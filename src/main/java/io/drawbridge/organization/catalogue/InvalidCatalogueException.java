package io.drawbridge.organization.catalogue;

import java.util.List;

/** A catalogue that cannot be used; its message names each file and entry, and what to do. */
final class InvalidCatalogueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidCatalogueException(List<String> problems) {
        super(String.join("\n", problems));
    }

    InvalidCatalogueException(String problem, Throwable cause) {
        super(problem, cause);
    }
}
