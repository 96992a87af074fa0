"""Records as JSON and back, by the types of their fields: times and days as ISO 8601, tuples as lists."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from otsu_maps.reasons import Reason


def plain(value: Any) -> Any:
    """A record, or a tuple or mapping of them, as JSON holds it. Fields that are None are left out."""
    if isinstance(value, Reason):
        return {"code": value.code, "params": {name: str(each) for name, each in value.params.items()}}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: plain(part) for name, part in parts if part is not None}
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    return value


def record(kind: type[Any], found: Any) -> Any:
    """The record of a kind that `plain` made. Raises ValueError, TypeError, KeyError for anything else."""
    if kind is Reason:
        return Reason(str(found["code"]), dict(found["params"]))
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        known = {name: found.get(name) for name in hints if name in found}
        optional = {name: None for name in hints if name not in found and _is_optional(hints[name])}
        return kind(**optional, **{name: _typed(hints[name], value) for name, value in known.items()})
    return _typed(kind, found)


def _typed(hint: Any, found: Any) -> Any:
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return None if found is None else _typed(next(each for each in inside if each is not type(None)), found)
    if origin is tuple:
        kinds = [inside[0]] * len(found) if inside[-1] is Ellipsis else inside
        return tuple(_typed(kind, each) for kind, each in zip(kinds, found, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return {str(name): _typed(inside[1], each) for name, each in found.items()}
    if hint in (datetime, date):
        return hint.fromisoformat(found)
    if isinstance(hint, type) and (hint is Reason or dataclasses.is_dataclass(hint)):
        return record(hint, found)
    if hint is float and isinstance(found, int):
        return float(found)
    if not isinstance(found, hint):
        raise TypeError(f"{found!r} is no {hint.__name__}")
    return found


def _is_optional(hint: Any) -> bool:
    return type(None) in typing.get_args(hint)


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(kind)
