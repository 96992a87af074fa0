"""The desk of a shelter: cards, what a scan means, sheets on paper."""
