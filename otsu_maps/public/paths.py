"""Names of what is published, for those who only serve or read it."""

PUBLIC, DRILL = "public", "public-drill"
"""Folders within the data folder: for the public, and for everything that is a drill, a test or the demo."""

STATUS, NEWS = "status.json", "news.json"
