"""Public transport by its timetable: service, gaps, travel time, comparison. Pure: no file, no clock, no page."""
