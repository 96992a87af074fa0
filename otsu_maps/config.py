"""Settings: the only reader of environment variables. The city is data, one TOML file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from otsu_maps.models import TOLD_BY_CHOICE, WARNED_OF

ROOT = Path(__file__).resolve().parent.parent
GEODATA = ROOT / "geodata"


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, what holds without it, and what it is for."""

    name: str
    default: str
    meaning: str

    def read(self) -> str:
        return os.environ.get(self.name, "").strip() or self.default


DATA_DIR = Setting("OTSU_DATA_DIR", "var", "where everything made at run time lies: snapshots, downloads")
CITY = Setting("OTSU_CITY", "otsu", "the city: a name in geodata/cities/ or the path of a city TOML")
LANG = Setting("OTSU_LANG", "ja", "language of the terminal, and of a page whose address names none")
HOST = Setting("OTSU_HOST", "127.0.0.1", "address that the staff server listens on")
PORT = Setting("OTSU_PORT", "8501", "port of the staff server")
PUBLIC_HOST = Setting("OTSU_PUBLIC_HOST", "127.0.0.1", "address that the server of the public pages listens on")
PUBLIC_PORT = Setting("OTSU_PUBLIC_PORT", "8502", "port of the server of the public pages")
PUBLIC_URL = Setting("OTSU_PUBLIC_URL", "", "address of the public pages, for the QR on printed ones; empty: no QR")
PUBLISH_S = Setting("OTSU_PUBLISH_SECONDS", "10", "the publisher looks for something new after so many seconds")
KEEP = Setting("OTSU_KEEP_SNAPSHOTS", "5", "how many snapshots stay on disk, the current one among them")
MAX_MB = Setting("OTSU_MAX_FILE_MB", "512", "the largest file that a download or an archive may unpack to, in MiB")
QUERY_S = Setting("OTSU_QUERY_SECONDS", "10", "time limit of one query on a snapshot, in seconds")
LEDGER = Setting("OTSU_LEDGER_URL", "", "the ledger: postgresql://user@host/database; empty: SQLite in the data folder")
INSTALLATION = Setting("OTSU_INSTALLATION", "本部", "name of this installation, as it stands beside what it records")
IDLE_MIN = Setting("OTSU_SESSION_IDLE_MINUTES", "60", "a page left alone signs out after so many minutes")
SESSION_H = Setting("OTSU_SESSION_HOURS", "12", "everybody signs in again after so many hours")
_JMA = "https://www.data.jma.go.jp/developer/xml/feed"
FEEDS = Setting("OTSU_FEEDS", f"{_JMA}/extra.xml {_JMA}/eqvol.xml", "feeds that the watcher asks, with a space between")
WATCH_S = Setting("OTSU_WATCH_SECONDS", "60", "the watcher asks the feeds again after so many seconds")
CONTACT_MIN = Setting("OTSU_CONTACT_MINUTES", "10", "without contact for so many minutes warnings are unknown")
HAZARD_LEVEL = Setting("OTSU_HAZARD_LEVEL", "3", "from this alert level on a warning decides what is valid")
QUAKE = Setting("OTSU_QUAKE_INTENSITY", "5-", "from this intensity on buildings must be checked first")
AFTERSHOCK = Setting("OTSU_AFTERSHOCK_INTENSITY", "4", "until that is over, shaking from this on calls for a new check")
QUAKE_H = Setting("OTSU_QUAKE_HOURS", "168", "so long after the last strong one an earthquake can be ended")
SILENT_MIN = Setting("OTSU_SILENT_MINUTES", "60", "an open shelter that said nothing for so long is silent")
CROWDED = Setting("OTSU_CROWDED_PERCENT", "80", "from this share of its room on a shelter is crowded")
WATER_L = Setting("OTSU_WATER_LITRES", "3", "water a person needs a day, litres")
MEALS = Setting("OTSU_MEALS", "3", "meals a person needs a day")
TOILET_USES = Setting("OTSU_TOILET_USES", "5", "toilet uses of a person a day")
BLANKETS = Setting("OTSU_BLANKETS", "1", "blankets a person needs for a stay")
SUPPLY_H = Setting("OTSU_SUPPLY_HOURS", "24", "a shelter should have enough for so many hours")
COUNT_MIN = Setting("OTSU_COUNT_MINUTES", "180", "an older number of people does not tell whether there is room")
REACH_M = Setting("OTSU_REACH_METRES", "1500", "a place to go to should not be farther than this, metres straight")
REALTIME = Setting("OTSU_REALTIME", "", "GTFS Realtime of operators: addresses or files, with a space between")
REALTIME_S = Setting("OTSU_REALTIME_SECONDS", "30", "they are asked again after so many seconds")
REALTIME_MIN = Setting("OTSU_REALTIME_MINUTES", "3", "told longer ago than so many minutes, it is unknown who is late")
REALTIME_DAYS = Setting("OTSU_REALTIME_DAYS", "30", "so many days of what they told stay on disk")
SEATS = Setting("OTSU_SEATS", "", "seats a vehicle: a CSV with route_id or route_type, seats, standing")
MIN_DEVICES = Setting("OTSU_MIN_DEVICES", "10", "figures of people flow from location pings are of so many devices")

SETTINGS = (
    *(DATA_DIR, CITY, LANG, HOST, PORT, PUBLIC_HOST, PUBLIC_PORT, PUBLIC_URL, PUBLISH_S),
    *(KEEP, MAX_MB, QUERY_S, LEDGER),
    *(INSTALLATION, IDLE_MIN, SESSION_H),
    *(FEEDS, WATCH_S, CONTACT_MIN, HAZARD_LEVEL, QUAKE, AFTERSHOCK, QUAKE_H, COUNT_MIN, SILENT_MIN, CROWDED),
    *(WATER_L, MEALS, TOILET_USES, BLANKETS, SUPPLY_H, REACH_M),
    *(REALTIME, REALTIME_S, REALTIME_MIN, REALTIME_DAYS, SEATS),
    MIN_DEVICES,
)


def in_force() -> dict[str, str]:
    """Every setting and its value, to be kept with an incident; without those that may hold a password."""
    return {setting.name: setting.read() for setting in SETTINGS if setting not in (LEDGER, FEEDS, REALTIME)}


def data_dir() -> Path:
    """The folder of everything made at run time, absolute; made on first writing."""
    path = Path(DATA_DIR.read())
    return path if path.is_absolute() else ROOT / path


def terminal_language() -> str:
    """Language code of the terminal, and of a page whose address names none."""
    return LANG.read()


def host() -> str:
    """Address that the staff server listens on."""
    return HOST.read()


def port() -> int:
    """Port of the staff server. Raises SettingWrong."""
    return _whole(PORT, 1, 65535)


def public_host() -> str:
    """Address that the server of the public pages listens on."""
    return PUBLIC_HOST.read()


def public_port() -> int:
    """Port of the server of the public pages. Raises SettingWrong."""
    return _whole(PUBLIC_PORT, 1, 65535)


def public_url() -> str:
    """Address of the public pages with a slash at its end, empty where nobody set it."""
    text = PUBLIC_URL.read()
    return f"{text.rstrip('/')}/" if text else ""


def publish_seconds() -> int:
    """Seconds from one look of the publisher to the next. Raises SettingWrong."""
    return _whole(PUBLISH_S, 1, 60)


def keep_snapshots() -> int:
    """How many snapshots stay on disk. Raises SettingWrong."""
    return _whole(KEEP, 1, 1000)


def max_file_bytes() -> int:
    """Largest file in bytes. Raises SettingWrong."""
    return _whole(MAX_MB, 1, 65536) * 1024 * 1024


def query_seconds() -> float:
    """Time limit of one query. Raises SettingWrong."""
    return float(_whole(QUERY_S, 1, 3600))


def ledger_url() -> str:
    """Address of the ledger database, empty for SQLite in the data folder."""
    return LEDGER.read()


def installation_name() -> str:
    """What people call this installation."""
    return INSTALLATION.read()


def session_idle_minutes() -> int:
    """Minutes without a sign of life after which a session ends. Raises SettingWrong."""
    return _whole(IDLE_MIN, 1, 1440)


def session_hours() -> int:
    """Hours after which a session ends whatever happens. Raises SettingWrong."""
    return _whole(SESSION_H, 1, 168)


def feeds() -> tuple[str, ...]:
    """Addresses of the feeds of warnings, each once."""
    return tuple(dict.fromkeys(FEEDS.read().split()))


def watch_seconds() -> int:
    """Seconds from one round of the watcher to the next. Raises SettingWrong."""
    return _whole(WATCH_S, 20, 3600)


def min_devices(given: int | None = None) -> int:
    """The fewest devices of a published figure; `given` in place of the setting. Raises SettingWrong."""
    return _whole(MIN_DEVICES, 3, 1000, None if given is None else str(given))


def contact_limit() -> timedelta:
    """How long a source of warnings may be silent before warnings are unknown. Raises SettingWrong."""
    return timedelta(minutes=_whole(CONTACT_MIN, 1, 1440))


def realtime() -> tuple[str, ...]:
    """What OTSU_REALTIME names, each once (see realtime.sources)."""
    return tuple(dict.fromkeys(REALTIME.read().split()))


def realtime_seconds() -> int:
    """Seconds from one question to an operator to the next. Raises SettingWrong."""
    return _whole(REALTIME_S, 15, 3600)


def realtime_limit() -> timedelta:
    """How old what an operator told may be. Raises SettingWrong."""
    return timedelta(minutes=_whole(REALTIME_MIN, 1, 60))


def realtime_days() -> int:
    """Days of the archive that stay on disk. Raises SettingWrong."""
    return _whole(REALTIME_DAYS, 1, 3660)


def seats_file() -> str:
    """Path of the table of seats, empty where none is named."""
    return SEATS.read()


def _whole(setting: Setting, low: int, high: int, given: str | None = None) -> int:
    from otsu_maps.errors import SettingWrong  # errors speak through the catalogues, which read the language here

    text = setting.read() if given is None else given
    if text.isascii() and text.isdigit() and low <= int(text) <= high:
        return int(text)
    raise SettingWrong("setting_not_whole", name=setting.name, value=text, low=low, high=high)


@dataclass(frozen=True)
class City:
    """What differs from city to city.

    `code5` is the JIS X 0402 code without, `code6` with its check digit; `plane_epsg` the CRS to measure in (metres);
    `warning_areas` the JMA area codes of the city, `quake_area` its code in earthquake messages, `first_meshes` the
    JIS X 0410 first meshes that it touches; `barriers` lines (lon/lat) that nobody crosses on foot as the crow flies;
    `warned_of` the hazards that JMA warns of here at all. `quake_regions` are the regions of quick earthquake reports
    that count for it, `forecast_office` and `office_ja` code and name of its forecast office; () and '' where unnamed.
    `public_languages` are those of models.TOLD_BY_CHOICE that its public pages have too.
    """

    slug: str
    code5: str
    code6: str
    name_ja: str
    name_en: str
    prefecture_ja: str
    plane_epsg: int
    warning_areas: tuple[str, ...]
    quake_area: str
    first_meshes: tuple[str, ...]
    neighbours: tuple[str, ...]
    languages: tuple[str, ...]
    barriers: tuple[tuple[tuple[float, float], ...], ...] = ()
    warned_of: tuple[str, ...] = WARNED_OF
    quake_regions: tuple[str, ...] = ()
    forecast_office: str = ""
    office_ja: str = ""
    public_languages: tuple[str, ...] = ()


def city() -> City:
    """The city that this installation serves."""
    return read_city(CITY.read())


def read_city(which: str) -> City:
    """A city by name (`geodata/cities/<name>.toml`) or by the path of its TOML. Raises SettingWrong."""
    from otsu_maps.errors import SettingWrong

    named = GEODATA / "cities" / f"{which}.toml"
    path = named if named.is_file() else Path(which)
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in named.parent.glob("*.toml")))
        raise SettingWrong("city_unknown", name=CITY.name, value=which, known=known)
    try:
        card = tomllib.loads(path.read_text("utf-8"))
        take: Callable[[str], tuple[str, ...]] = lambda key: tuple(str(v) for v in card.get(key, []))  # noqa: E731
        return City(
            slug=path.stem,
            code5=str(card["code5"]),
            code6=str(card["code6"]),
            name_ja=card["name_ja"],
            name_en=card["name_en"],
            prefecture_ja=card["prefecture_ja"],
            plane_epsg=int(card["plane_epsg"]),
            warning_areas=take("warning_areas"),
            quake_area=str(card["quake_area"]),
            first_meshes=take("first_meshes"),
            neighbours=take("neighbours"),
            languages=take("languages"),
            quake_regions=take("quake_regions"),
            forecast_office=str(card.get("forecast_office", "")),
            office_ja=str(card.get("office_ja", "")),
            warned_of=take("warned_of") or WARNED_OF,
            public_languages=_known("public_languages", take("public_languages"), TOLD_BY_CHOICE),
            barriers=tuple(
                tuple((float(lon), float(lat)) for lon, lat in barrier["line"]) for barrier in card.get("barriers", [])
            ),
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise SettingWrong("city_file_wrong", file=path.name, error=str(error)) from error


def _known(key: str, found: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    strangers = sorted(set(found) - set(allowed))
    if strangers:
        raise ValueError(f"{key}: {', '.join(strangers)}; known: {', '.join(allowed)}")
    return found
