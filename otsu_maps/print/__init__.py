"""Sheets of paper: one look of a printed page, and the routes that give them."""
