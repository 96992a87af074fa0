"""A sources file with a source less."""

from __future__ import annotations

from pathlib import Path


def take_out(toml: Path, source_id: str) -> None:
    """Take a source out of a sources file: its file is not there any more."""
    kept = [part for part in toml.read_text("utf-8").split("\n[") if not part.startswith(f"{source_id}]")]
    toml.write_text("\n[".join(kept), "utf-8")
