"""The screen in a hall: a process of its own that knows the public status and nothing else."""
