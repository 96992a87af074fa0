"""Public transport as it runs now: what its operators tell (GTFS Realtime), kept, and shown with its age."""
