"""otsu_maps: evacuation shelters, hazards and movement of one city, from data to map.

A library that knows nothing of where data comes from (`etl/`) or of pages (`pages/`).
"""
