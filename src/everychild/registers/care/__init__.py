"""The register of children in formal care and of children in conflict with the law: counts, never children."""
