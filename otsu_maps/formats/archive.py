"""Open a zip without trusting it: its sizes, its names and its depth are checked before anything else reads it.

The format is PKWARE's APPNOTE. Archives made on Japanese Windows write member names in CP932 without saying so,
and most other tools write UTF-8, with or without its flag.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from otsu_maps.errors import UnsafeFile
from otsu_maps.formats.reading import Payload

MAX_MEMBERS = 10_000
MAX_RATIO = 200
MAX_DEPTH = 2
RATIO_FROM_BYTES = 10_000_000
"""Below this a high ratio is harmless: an empty table of spaces packs very well."""

CHUNK_BYTES = 1 << 16
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
EXCEL_MEMBER = "[Content_Types].xml"

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
# bz2 and lzma inflate a whole block at once, so their real size cannot be watched while it grows.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
)


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip does (an .xlsx is one too)."""
    return data.startswith(ZIP_MAGIC)


def is_excel(data: bytes) -> bool:
    """Whether the bytes are an Office Open XML file, such as an .xlsx."""
    if not is_zip(data):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return EXCEL_MEMBER in archive.namelist()
    except _BROKEN:
        return False


def unpack(payload: Payload, max_bytes: int, skip: Callable[[str], bool] | None = None) -> list[Payload]:
    """The files inside `payload`: itself where it is a plain file or an .xlsx, else the members of the zip.

    Members whose name `skip` wants to skip are not unpacked and not in the answer.

    Zips inside a zip are opened too (two levels in all; a member of an inner zip is named `inner.zip/member`). Folders,
    `__MACOSX` and dot files are left out. Nothing is written to disk.

    Raises UnsafeFile: `file_too_large` (more than `max_bytes` unpacked, counted on the real bytes), `file_zip_bomb` (an
    absurd ratio or too many members), `file_zip_path` (a name that leaves its folder), `file_zip_deep`,
    `file_zip_broken` (damaged, encrypted, an unusual compression, or a `.zip` that is none).
    """
    if not is_zip(payload.data):
        if payload.name.lower().endswith(".zip"):
            raise UnsafeFile("file_zip_broken", file=payload.name)
        if len(payload.data) > max_bytes:
            raise UnsafeFile("file_too_large", file=payload.name, max_bytes=max_bytes)
        return [payload]
    return _Unpacking(payload.name, len(payload.data), max_bytes, skip).open(payload, depth=1)


@dataclass
class _Unpacking:
    """The running totals of one archive with everything inside it."""

    name: str
    packed_bytes: int
    max_bytes: int
    skip: Callable[[str], bool] | None
    unpacked_bytes: int = 0
    members: int = 0

    def open(self, payload: Payload, depth: int) -> list[Payload]:
        try:
            with zipfile.ZipFile(io.BytesIO(payload.data)) as archive:
                return self._files(archive, payload, depth)
        except UnsafeFile:
            raise
        except _BROKEN as error:
            raise UnsafeFile("file_zip_broken", file=self.name) from error

    def _files(self, archive: zipfile.ZipFile, payload: Payload, depth: int) -> list[Payload]:
        infos = archive.infolist()
        self.members += len(infos)
        if self.members > MAX_MEMBERS:
            raise self._bomb()
        names = [self._safe_name(info) for info in infos]
        if EXCEL_MEMBER in names:
            for info in infos:
                self._inflate(archive, info)
            return [payload]
        if depth > MAX_DEPTH:
            raise UnsafeFile("file_zip_deep", file=self.name, value=payload.name, depth=MAX_DEPTH)
        files: list[Payload] = []
        for info, name in zip(infos, names, strict=True):
            if name.endswith("/") or _is_clutter(name) or (self.skip is not None and self.skip(name)):
                continue
            data = self._inflate(archive, info)
            if is_zip(data):
                files += [
                    inner if inner.name == name else Payload(f"{name}/{inner.name}", inner.data)
                    for inner in self.open(Payload(name, data), depth + 1)
                ]
            else:
                files.append(Payload(name, data))
        return files

    def _inflate(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
            raise UnsafeFile("file_zip_broken", file=self.name)
        chunks: list[bytes] = []
        size = 0
        with archive.open(info) as member:
            while chunk := member.read(CHUNK_BYTES):
                size += len(chunk)
                self.unpacked_bytes += len(chunk)
                self._check(size, info.compress_size)
                chunks.append(chunk)
        return b"".join(chunks)

    def _check(self, size: int, packed: int) -> None:
        absurd = size > MAX_RATIO * max(packed, 1) or self.unpacked_bytes > MAX_RATIO * self.packed_bytes
        if self.unpacked_bytes > self.max_bytes:
            raise self._bomb() if absurd else UnsafeFile("file_too_large", file=self.name, max_bytes=self.max_bytes)
        if absurd and self.unpacked_bytes > RATIO_FROM_BYTES:
            raise self._bomb()

    def _bomb(self) -> UnsafeFile:
        return UnsafeFile("file_zip_bomb", file=self.name, max_members=MAX_MEMBERS, max_ratio=MAX_RATIO)

    def _safe_name(self, info: zipfile.ZipInfo) -> str:
        name = _member_name(info)
        parts = name.split("/")
        if name.startswith("/") or "\\" in name or "\0" in name or ".." in parts or re.match(r"[A-Za-z]:", name):
            raise UnsafeFile("file_zip_path", file=self.name, value=name)
        plain = "/".join(part for part in parts if part not in (".", ""))
        return plain + "/" if name.endswith("/") else plain


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name as its author wrote it. Without the UTF-8 flag `zipfile` reads it as CP437, which can be undone."""
    name = info.orig_filename
    if info.flag_bits & _UTF8_NAME:
        return name
    raw = name.encode("cp437")
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _is_clutter(name: str) -> bool:
    return any(part == "__MACOSX" or part.startswith(".") for part in name.split("/"))
