"""What an event does to a place and its transport: the plan, who comes and goes when, what carries them, what is left.

Everything here is computed from a `Plan`, a timetable and typed services; nothing is measured but `usual`.
"""
