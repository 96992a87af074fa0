"""The vehicles of this installation's operators: the file that OTSU_SEATS names, read anew each time."""

from __future__ import annotations

from pathlib import Path

from otsu_maps import config
from otsu_maps.errors import SourceMissing
from otsu_maps.formats import seats
from otsu_maps.formats.reading import Payload, Reading


def read() -> Reading | None:
    """Its rows (formats.seats), None where no file is named. Raises SourceMissing, and what formats.seats raises."""
    file = config.seats_file()
    if not file:
        return None
    try:
        return seats.read(Payload(Path(file).name, Path(file).read_bytes()))
    except OSError as error:
        raise SourceMissing("file_missing", file=file) from error
