"""What leaves the building: the public status, and the pages, feeds and screens that are made of it alone."""
