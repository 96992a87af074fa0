"""Names of timetables in other languages, by translations.txt in its present and its old form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

KANA = "ja-Hrkt"
"""The language of GTFS-JP that is how a name is read."""


def translated(
    tables: Mapping[str, pd.DataFrame], table: str, key: str | None, fields: Sequence[str], lang: str
) -> pd.Series:
    """For each row of a table its text in `lang`, None where the feed has none; index of the table.

    `tables` are those of `tables.side_by_side` or of a snapshot, `table` its name there (stop, route, trip, agency),
    `key` its column that a translation may name, `fields` its columns with the text, the better one first. What a feed
    says of the row itself comes before what it says of its text.
    """
    rows, said = tables[table], tables["translation"]
    return named(rows, said, f"{table}s" if table != "agency" else table, key, fields, lang)


def named(
    rows: pd.DataFrame,
    translations: pd.DataFrame,
    table: str,
    key: str | None,
    fields: Sequence[str],
    lang: str = "en",
) -> pd.Series:
    """As `translated`, of rows with `feed_id`; `table` as the specification calls it (stops, routes, trips ...)."""
    languages = translations["language"].astype("str").str.lower()
    said = translations[languages.eq(lang.lower()).fillna(False).astype(bool)]
    said = said[said["table_name"].eq(table).fillna(False).astype(bool) | said["table_name"].isna()]
    found = pd.Series([None] * len(rows), rows.index, dtype=object)
    if said.empty:
        return found
    if key is not None:
        found = rows[key].astype(object).map(_first(said, ["record_id"])).astype(object)
    by_text = _first(said[said["record_id"].isna()], ["feed_id", "field_value"])
    for field in fields if by_text else ():
        texts = pd.Series(list(zip(rows["feed_id"], rows[field], strict=True)), rows.index, dtype=object)
        found = found.where(found.notna(), texts.map(by_text))
    return found.where(found.notna(), None)


def _first(translations: pd.DataFrame, key: list[str]) -> dict[object, str]:
    known = translations.dropna(subset=key)
    keys = known[key[0]] if len(key) == 1 else zip(*(known[name] for name in key), strict=True)
    return dict(reversed(list(zip(keys, known["translation"], strict=True))))
