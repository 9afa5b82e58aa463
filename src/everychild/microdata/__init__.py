"""Survey files: read with their labels and missing codes, kept private, described and checked."""
