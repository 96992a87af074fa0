"""What is written agrees with what is done: README, command help, settings, catalogues, cards."""

from __future__ import annotations

import argparse
import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

from etl import __main__ as etl
from otsu_maps import cli, config
from otsu_maps.analysis import evidence
from otsu_maps.analysis.danger import WHY
from otsu_maps.analysis.depth import STEPS_M
from otsu_maps.analysis.handover import NEWS
from otsu_maps.analysis.limits import GROUPS, LIMITS
from otsu_maps.analysis.offer import OPENNESS
from otsu_maps.analysis.orders import ORDERS
from otsu_maps.analysis.room import ROOMS
from otsu_maps.analysis.validity import VALIDITIES
from otsu_maps.event_day import outcome, plan
from otsu_maps.formats.hazard_codes import PHENOMENA
from otsu_maps.formats.people_flow import DAY_TYPES, FROM_AREAS, TIME_BANDS
from otsu_maps.formats.recognise import FORMATS
from otsu_maps.i18n.catalogue import catalogue, languages
from otsu_maps.ledger.document import DISPUTED, UNKNOWN
from otsu_maps.ledger.events import MODES
from otsu_maps.ledger.kinds import KINDS
from otsu_maps.ledger.topics import STATUS
from otsu_maps.maps import palette
from otsu_maps.maps.layers import service
from otsu_maps.models import FACILITIES, HAZARDS, PLACE_KINDS, SHELTER, SITE
from otsu_maps.queries.integrity import RULES
from otsu_maps.queries.places import SUITS
from otsu_maps.queries.tables import EXPORTS
from otsu_maps.realtime import now as realtime_now
from otsu_maps.transit import edits, last_chance
from otsu_maps.transit.compare import MATCHES
from otsu_maps.ui import (
    compare,
    compare_keep,
    compare_sides,
    event_day_inputs,
    event_day_keep,
    evidence_sheet,
    movement_keep,
    service_record,
)
from otsu_maps.ui.board import SHOW
from otsu_maps.ui.history import CHOICES
from otsu_maps.ui.offers import LOOKS
from otsu_maps.ui.warnings import LEVELS as RUNGS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CODE = [p for folder in ("otsu_maps", "etl", "pages") for p in (ROOT / folder).rglob("*.py")] + [ROOT / "app.py"]
STAFF = [path for path in CODE if not {"public", "display"} & set(path.relative_to(ROOT).parts)]
"""The public side has catalogues of its own (tests/public/test_words.py)."""

LEDGER = (
    *("append", "state", "series", "export", "import", "verify", "keys", "backup", "restore"),
    *("place_name", "at", "corrects", "note"),
)
RAISED = {
    "OtsuMapsError",
    *re.findall(r"^class (\w+)", (ROOT / "otsu_maps" / "errors.py").read_text("utf-8"), re.M),
    "Reason",
}


def calls() -> list[tuple[str, ast.Call]]:
    return [
        (path.name, node)
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]


def keys_said() -> set[str]:
    """Keys that the code asks for literally, and the possible values of those with one variable part."""
    parts = {
        "hazard": HAZARDS,
        "facility": FACILITIES,
        "suits": (*SUITS,),
        "kind": (SITE, SHELTER, *PLACE_KINDS[1:]),
        "legend": ("yes", "part", "unknown", "no", "site", "shelter", "both"),
        "table": EXPORTS,
        "depth": tuple(f"step_{i}" for i in range(len(STEPS_M))),
        "scale": ("design", "maximum"),
        "zone": ("warning", "special"),
        "phenomenon": PHENOMENA,
        "hazards": ("inside", "outside", "unknown"),
        "format": FORMATS[:-1],
        "from": FROM_AREAS,
        "day": DAY_TYPES,
        "band": TIME_BANDS,
        "state": ("fresh", "kept", "stale", "absent"),
        "status": ("source", "state", "rows", "quarantined", "age"),
        "cli": (
            *(f"etl_{name}" for name in ("fetch", "add", "remove", "build", "check", "publish", "status")),
            *(f"build_{step}" for step in ("read", "derive", "write", "verify")),
            *(f"fetched_{result}" for result in ("new", "unchanged", "no_address")),
            *("serve", "settings"),
            *(f"ledger_{name}" for name in LEDGER),
        ),
        "mode": MODES,
        "did": tuple(KINDS),
        "level": tuple(f"level_{level}" for level in RUNGS),
        "order": tuple(f"level_{level}" for level in (0, *ORDERS)),
        "openness": OPENNESS,
        "room": ROOMS,
        "offer": LOOKS,
        "view": ("now", "advice", "orders", "exposure", "zones", "what_if"),
        "why": WHY,
        "fullness": SHOW,
        "group": CHOICES,
        "validity": VALIDITIES,
        "limits": GROUPS,
        "news": (*NEWS, "full"),
        "limit": LIMITS,
        "limit_source": LIMITS,
        "unit": {limit.unit for limit in LIMITS.values()},
        "building": ("checked", "not_checked", "unknown"),
        "damage": ("none", "light", "heavy", "unusable", "unknown"),
        "status_of": (*STATUS.values(), UNKNOWN, DISPUTED),
        "gaps": (
            *(f"{part}_{group}" for part in ("of", "people") for group in evidence_sheet.GROUPS),
            *(f"{part}_{state}" for part in ("label", "legend") for state in service.DRAWN),
        ),
        "service": (
            *(f"kind_{kind}" for kind in service_record.KINDS),
            *(f"state_{state}" for state in last_chance.STATES if state != last_chance.GOES),
            *(f"told_{state}" for state in realtime_now.STATES),
        ),
        "service_reason": service_record.REASONS,
        "compare": (
            *(f"way_{way}" for way in (compare_sides.EDITS, compare_sides.FILE, compare_sides.FEEDS)),
            *(f"change_{kind}" for kind in edits.CHANGES),
            *(f"legend_{state}" for state in palette.CHANGES),
            *(f"tab_{tab}" for tab in compare.TABS),
            *(f"{figure}_{side}" for figure in compare.PAIRS for side in ("before", "after")),
            *(f"matched_{how}" for how in MATCHES),
            *(f"indicator_{kind}" for kind in compare_keep.KINDS),
        ),
        "movement": tuple(f"kept{part}_{of}" for part in ("", "_unit", "_method") for of in movement_keep.SOURCES),
        "event_day": (
            *(f"weather_{weather}" for weather in ("fine", "rain")),
            *(f"kind_{kind}" for kind in plan.KINDS),
            *(f"mode_{mode}" for mode in plan.MODES),
            *(f"{part}_{way}" for part in ("way", "words") for way in outcome.WAYS),
            *(f"indicator_{kind}" for kind in event_day_keep.KINDS),
            *event_day_inputs.NUMBERS,
        ),
        "reason": tuple(f"service_{kind}" for kind in ("no_place", "bad_time", "ends_first", "bad_number")),
        "evidence": (
            *(f"status_{status}" for status in evidence.STATUSES),
            *(f"better_{way}" for way in evidence.WAYS),
            *(f"{part}_{each}" for part in ("verdict", "expected") for each in evidence.VERDICTS),
            *(f"role_{side}" for side in ("before", "after", "both")),
            *(f"set_{name}" for name in evidence_sheet.SETTINGS),
        ),
    }
    said = {f"{section}.{name}" for section, names in parts.items() for name in names}
    for path in STAFF:
        texts = [n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant)]
        key = re.compile(r"[a-z_]+\.(?!py$|toml$|json$|css$|html$|js$)[a-z_]*[a-z0-9]")
        said |= {text for text in texts if isinstance(text, str) and key.fullmatch(text)}
    return said


def codes_raised() -> set[str]:
    """Codes of reasons: first argument of an error or a Reason, third of `refuse`."""
    found = set(RULES)
    for _, call in calls():
        name = ast.unparse(call.func).split(".")[-1]
        first = 0 if name in RAISED else None
        positions = [first] if first is not None else [2, 3] if "refuse" in name else []
        for position in positions:
            if position < len(call.args):
                value = call.args[position]
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.add(value.value)
    return found


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(actions[0].choices)


@pytest.mark.parametrize("lang", sorted(languages()))
def test_every_key_and_reason_of_the_code_has_a_sentence(lang: str) -> None:
    sentences = catalogue(lang)
    sections = {key.split(".")[0] for key in sentences}
    asked = {key for key in keys_said() if key.split(".")[0] in sections}
    assert sorted(key for key in asked if key not in sentences) == []
    assert sorted(code for code in codes_raised() if f"reason.{code}" not in sentences) == []


def test_no_sentence_is_left_over() -> None:
    used = keys_said() | {f"reason.{code}" for code in codes_raised()} | {"language.name"}
    text = "".join(path.read_text("utf-8") for path in CODE)
    left = [key for key in catalogue("ja") if key not in used and f'"{key.split(".")[-1]}"' not in text]
    assert left == []


def test_all_languages_have_the_same_keys_and_parameters() -> None:
    japanese = catalogue("ja")
    for lang in languages():
        assert set(catalogue(lang)) == set(japanese), lang
        for key, sentence in catalogue(lang).items():
            assert fields(sentence) == fields(japanese[key]), f"{lang} {key}"


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_the_readme_names_every_setting_with_its_default() -> None:
    for setting in config.SETTINGS:
        default = f"`{re.escape(setting.default)}`" if setting.default else "none"
        assert re.search(rf"\| `{setting.name}` \| {default} \|", README), setting.name
    named = set(re.findall(r"`(OTSU_\w+)`", README))
    assert named <= {setting.name for setting in config.SETTINGS}


def test_every_setting_that_is_read_is_declared() -> None:
    text = (ROOT / "otsu_maps" / "config.py").read_text("utf-8")
    declared = {setting.name for setting in config.SETTINGS}
    assert set(re.findall(r'Setting\("(OTSU_\w+)"', text)) == declared


@pytest.mark.parametrize(("program", "parser"), [("python -m etl", etl.parser()), ("otsu-maps", cli.parser())])
def test_the_readme_names_every_command(program: str, parser: argparse.ArgumentParser) -> None:
    for name, command in commands(parser).items():
        assert f"`{program} {name}" in README, f"{program} {name}"
        assert command.description


def test_every_option_has_help() -> None:
    for parser in (*commands(etl.parser()).values(), *commands(cli.parser()).values()):
        assert [a.option_strings for a in parser._actions if not a.help] == []


def test_the_readme_documents_the_exit_codes() -> None:
    for code in (etl.GOOD, etl.LOOK, etl.REFUSED):
        assert re.search(rf"^\| {code} \|", README, re.M)


def test_the_readme_shows_the_tree_as_it_is() -> None:
    tree = README.split("<!-- tree -->")[1]
    for name in re.findall(r"^([\w./]+?)/? +", tree, re.M):
        assert (ROOT / name).exists(), name
    for folder in ("pages", "etl", "geodata", "otsu_maps", "tests"):
        assert folder in tree


def test_the_readme_says_why_each_dependency_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for dependency in project["dependencies"]:
        name = re.split(r"[<>=\[ ]", dependency)[0]
        assert re.search(rf"\| {re.escape(name)} \|", README, re.I), name


def test_links_in_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_lock_files_name_no_index_and_cover_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text("utf-8")
        assert "://" not in text and "--index" not in text
        for dependency in project["dependencies"]:
            name = re.split(r"[<>=\[ ]", dependency)[0]
            assert re.search(rf"^{re.escape(name)}==", text, re.M | re.I), f"{lock} {name}"
