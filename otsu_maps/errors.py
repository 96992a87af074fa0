"""Every error that this project raises on purpose. Each says the source, the value and the next step, by its reason.

The children are also builtins, so that a caller who knows Python but not this project can catch them.
"""

from __future__ import annotations

from typing import Any

from otsu_maps.reasons import Reason


class OtsuMapsError(Exception):
    """The root. `reason` is what happened as a code with parameters; `str()` is its sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        self.reason = Reason(code, params)
        super().__init__(code, params)

    def __str__(self) -> str:
        return self.reason.sentence()


class SettingWrong(OtsuMapsError, ValueError): ...


class FileRefused(OtsuMapsError, ValueError): ...


class UnsafeFile(FileRefused): ...


class MissingColumn(FileRefused, KeyError):
    __str__ = OtsuMapsError.__str__  # KeyError would show the repr


class SourceMissing(OtsuMapsError, FileNotFoundError):
    __str__ = OtsuMapsError.__str__


class DownloadFailed(OtsuMapsError, ConnectionError):
    __str__ = OtsuMapsError.__str__


class BuildRefused(OtsuMapsError, RuntimeError): ...


class SnapshotMissing(OtsuMapsError, FileNotFoundError):
    __str__ = OtsuMapsError.__str__


class SnapshotDamaged(OtsuMapsError, OSError):
    __str__ = OtsuMapsError.__str__


class SnapshotOutdated(SnapshotDamaged): ...


class QueryTooSlow(OtsuMapsError, TimeoutError):
    __str__ = OtsuMapsError.__str__


class LedgerMissing(OtsuMapsError, OSError):
    __str__ = OtsuMapsError.__str__


class LedgerOutdated(LedgerMissing): ...


class LedgerBusy(OtsuMapsError, TimeoutError):
    __str__ = OtsuMapsError.__str__


class EventRefused(OtsuMapsError, ValueError): ...


class PublicRefused(OtsuMapsError, PermissionError):
    __str__ = OtsuMapsError.__str__


class EvidenceRefused(OtsuMapsError, ValueError): ...


class StopUnknown(OtsuMapsError, LookupError): ...


class AccessRefused(OtsuMapsError, PermissionError):
    __str__ = OtsuMapsError.__str__
