"""Maps: the only user of pydeck. No map asks any host for anything."""
