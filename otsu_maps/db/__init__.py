"""The reference snapshot: one DuckDB file a build, opened read-only by everybody but its writer."""
