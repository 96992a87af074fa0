"""Pure functions on records and frames: what counts as suitable, stale, full."""
