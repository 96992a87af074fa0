"""The bus of the demo: a small GTFS-JP feed of an operator that does not exist."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
from generate_common import Point, degrees, metres, position, random, records, sites, stations, table, towns

AGENCY, OFFICE = "KUNREN01", "KUNREN01-1"
NAME, NAME_EN = "おおつ訓練バス", "Otsu Drill Bus"
NOTE = "訓練用の架空のバス"
FIRST_DAY, LAST_DAY = date(2026, 4, 1), date(2027, 3, 31)
ZIP_TIME = (2026, 4, 1, 0, 0, 0)
MID_OFFSET_M, MID_FROM_M = 35.0, 500.0

# Name, reading, English, and where: a station, a town or a site of the demo, or degrees.
STOPS_TEXT = """
大津駅前|おおつえきまえ|Otsu Station|駅:大津
中央|ちゅうおう|Chuo|町:中央
浜大津|はまおおつ|Hamaotsu|駅:びわ湖浜大津
三井寺下|みいでらした|Miidera-shita|駅:三井寺
大津市役所前|おおつしやくしょまえ|Otsu City Hall|駅:大津市役所前
大津京駅前|おおつきょうえきまえ|Otsukyo Station|駅:大津京
皇子が丘公園|おうじがおかこうえん|Ojigaoka Park|所:皇子が丘公園
山中越口|やまなかごえぐち|Yamanakagoe-guchi|135.8485,35.0280
山中町|やまなかちょう|Yamanakacho|135.8400,35.0310
比叡平|ひえいだいら|Hieidaira|町:比叡平
比叡平小学校前|ひえいだいらしょうがっこうまえ|Hieidaira Elementary School|所:比叡平小学校体育館
近江神宮前|おうみじんぐうまえ|Omi-jingu-mae|駅:近江神宮前
南志賀|みなみしが|Minami-Shiga|町:南志賀
滋賀里|しがさと|Shigasato|駅:滋賀里
唐崎駅前|からさきえきまえ|Karasaki Station|駅:唐崎
穴太口|あのうぐち|Anou-guchi|駅:穴太
下阪本|しもさかもと|Shimosakamoto|町:下阪本
日吉中学校前|ひよしちゅうがっこうまえ|Hiyoshi Junior High School|所:日吉中学校体育館
比叡山坂本駅前|ひえいざんさかもとえきまえ|Hieizan-Sakamoto Station|駅:比叡山坂本
松ノ馬場|まつのばんば|Matsunobamba|駅:松ノ馬場
坂本|さかもと|Sakamoto|町:坂本
石山駅前|いしやまえきまえ|Ishiyama Station|駅:石山
唐橋前|からはしまえ|Karahashi-mae|駅:唐橋前
唐橋公園|からはしこうえん|Karahashi Park|所:唐橋公園
瀬田|せた|Seta|町:瀬田
大江|おおえ|Oe|町:大江
瀬田小学校前|せたしょうがっこうまえ|Seta Elementary School|所:瀬田小学校体育館
瀬田駅前|せたえきまえ|Seta Station|駅:瀬田
一里山|いちりやま|Ichiriyama|町:一里山
瀬田公園|せたこうえん|Seta Park|所:瀬田公園体育館
文化公園|ぶんかこうえん|Bunka Park|所:びわこ文化公園
松が丘口|まつがおかぐち|Matsugaoka-guchi|135.9570,34.9680
青山|あおやま|Aoyama|町:青山
青山小学校前|あおやましょうがっこうまえ|Aoyama Elementary School|所:青山小学校体育館
晴嵐市民センター前|せいらんしみんせんたーまえ|Seiran Community Center|所:晴嵐市民センター
石山寺|いしやまでら|Ishiyamadera|駅:石山寺
石山寺山門前|いしやまでらさんもんまえ|Ishiyamadera Sammon|町:石山寺
石山小学校前|いしやましょうがっこうまえ|Ishiyama Elementary School|所:石山小学校体育館
南郷小学校前|なんごうしょうがっこうまえ|Nango Elementary School|所:南郷小学校体育館
南郷|なんごう|Nango|町:南郷
洗堰口|あらいぜきぐち|Araizeki-guchi|135.9095,34.9330
鹿跳橋|ししとびばし|Shishitobibashi|135.9050,34.9180
大石中|おおいしなか|Oishinaka|町:大石中
大石小学校前|おおいししょうがっこうまえ|Oishi Elementary School|所:大石小学校体育館
大石東|おおいしひがし|Oishihigashi|町:大石東
富川口|とみかわぐち|Tomikawa-guchi|135.9380,34.9040
大石富川|おおいしとみかわ|Oishitomikawa|町:大石富川
堅田駅前|かたたえきまえ|Katata Station|駅:堅田
本堅田|ほんかたた|Honkatata|町:本堅田
堅田小学校前|かたたしょうがっこうまえ|Katata Elementary School|所:堅田小学校体育館
衣川|きぬがわ|Kinugawa|135.9060,35.1090
雄琴|おごと|Ogoto|町:雄琴
おごと温泉駅前|おごとおんせんえきまえ|Ogoto-Onsen Station|駅:おごと温泉
雄琴小学校前|おごとしょうがっこうまえ|Ogoto Elementary School|所:雄琴小学校体育館
仰木の里市民センター前|おおぎのさとしみんせんたーまえ|Oginosato Community Center|所:仰木の里市民センター
仰木の里|おおぎのさと|Oginosato|町:仰木の里
仰木小学校前|おおぎしょうがっこうまえ|Ogi Elementary School|所:仰木小学校体育館
仰木|おおぎ|Ogi|135.8760,35.1080
真野|まの|Mano|135.9165,35.1270
真野北市民センター前|まのきたしみんせんたーまえ|Manokita Community Center|所:真野北市民センター
真野中学校前|まのちゅうがっこうまえ|Mano Junior High School|所:真野中学校体育館
緑町|みどりまち|Midorimachi|町:緑町
水明|すいめい|Suimei|町:水明
小野駅前|おのえきまえ|Ono Station|駅:小野
湖青|こせい|Kosei|町:湖青
和邇今宿|わにいまじゅく|Wani-Imajuku|135.9245,35.1545
和邇駅前|わにえきまえ|Wani Station|駅:和邇
和邇高城|わにたかしろ|Wani-Takashiro|町:和邇高城
和邇中|わになか|Wani-Naka|135.9120,35.1650
南船路|みなみふなじ|Minamifunaji|町:南船路
蓬莱駅前|ほうらいえきまえ|Horai Station|駅:蓬莱
八屋戸|はちやど|Hachiyado|135.9110,35.1925
木戸市民センター前|きどしみんせんたーまえ|Kido Community Center|135.9180,35.2030
志賀駅前|しがえきまえ|Shiga Station|駅:志賀
京町|きょうまち|Kyomachi|町:京町
島の関|しまのせき|Shimanoseki|町:島の関
打出浜|うちではま|Uchidehama|町:打出浜
ピアザ淡海前|ぴあざおうみまえ|Piazza Omi|135.8800,35.0060
におの浜|におのはま|Nionohama|町:におの浜
馬場|ばんば|Bamba|町:馬場
膳所駅前|ぜぜえきまえ|Zeze Station|駅:膳所
膳所高校前|ぜぜこうこうまえ|Zeze High School|所:滋賀県立膳所高校体育館
本丸町|ほんまるちょう|Hommarucho|135.8930,34.9945
瓦ヶ浜|かわらがはま|Kawaragahama|駅:瓦ヶ浜
粟津|あわづ|Awazu|駅:粟津
山百合の丘|やまゆりのおか|Yamayurinooka|町:山百合の丘
伊香立公園|いかだちこうえん|Ikadachi Park|所:伊香立公園
伊香立小学校前|いかだちしょうがっこうまえ|Ikadachi Elementary School|所:伊香立小学校体育館
伊香立生津町|いかだちなまづちょう|Ikadachi-Namazucho|町:伊香立生津町
伊香立途中町|いかだちとちゅうちょう|Ikadachi-Tochucho|町:伊香立途中町
花折峠口|はなおれとうげぐち|Hanaore-toge-guchi|135.8540,35.1910
葛川学校前|かつらがわがっこうまえ|Katsuragawa School|所:葛川小学校校舎
葛川中村|かつらがわなかむら|Katsuragawa-Nakamura|135.8610,35.2280
葛川市民センター前|かつらがわしみんせんたーまえ|Katsuragawa Community Center|所:葛川市民センター
葛川梅ノ木|かつらがわうめのき|Katsuragawa-Umenoki|町:葛川梅ノ木町
"""
# Id, name, English, km/h, fare in yen, stops.
ROUTES_TEXT = """
R1|比叡平線|Hieidaira Line|20|230|大津駅前 中央 浜大津 三井寺下 大津市役所前 大津京駅前 皇子が丘公園 山中越口
  山中町 比叡平 比叡平小学校前
R2|坂本線|Sakamoto Line|19|230|浜大津 大津市役所前 大津京駅前 近江神宮前 南志賀 滋賀里 唐崎駅前 穴太口 下阪本
  日吉中学校前 比叡山坂本駅前 松ノ馬場 坂本
R3|瀬田線|Seta Line|20|230|石山駅前 唐橋前 唐橋公園 瀬田 大江 瀬田小学校前 瀬田駅前 一里山 瀬田公園 文化公園
  松が丘口 青山 青山小学校前
R4|大石線|Oishi Line|23|310|石山駅前 晴嵐市民センター前 石山寺 石山寺山門前 石山小学校前 南郷小学校前 南郷 洗堰口
  鹿跳橋 大石中 大石小学校前 大石東 富川口 大石富川
R5|仰木線|Ogi Line|20|230|堅田駅前 本堅田 堅田小学校前 衣川 雄琴 おごと温泉駅前 雄琴小学校前
  仰木の里市民センター前 仰木の里 仰木小学校前 仰木
R6|和邇線|Wani Line|22|290|堅田駅前 真野 真野北市民センター前 真野中学校前 緑町 水明 小野駅前 湖青 和邇今宿
  和邇駅前 和邇高城 和邇中 南船路 蓬莱駅前 八屋戸 木戸市民センター前 志賀駅前
R7|湖岸線|Lakeside Line|18|210|大津駅前 京町 島の関 打出浜 ピアザ淡海前 におの浜 馬場 膳所駅前 膳所高校前 本丸町
  瓦ヶ浜 粟津 石山駅前
R8|葛川線|Katsuragawa Line|25|520|堅田駅前 真野 山百合の丘 伊香立公園 伊香立小学校前 伊香立生津町 伊香立途中町
  花折峠口 葛川中村 葛川学校前 葛川市民センター前 葛川梅ノ木
"""
WEEKDAY, SATURDAY, HOLIDAY = "平日", "土曜", "日祝"
DAYS = {WEEKDAY: (1, 1, 1, 1, 1, 0, 0), SATURDAY: (0, 0, 0, 0, 0, 1, 0), HOLIDAY: (0, 0, 0, 0, 0, 0, 1)}
# First and last departure (minutes; 24:20 is past midnight) and departures each way on the three kinds of day.
TIMES: dict[str, tuple[int, int, tuple[int, int, int]]] = {
    "R1": (370, 1350, (12, 9, 8)),
    "R2": (360, 1320, (12, 9, 8)),
    "R3": (365, 1380, (14, 10, 9)),
    "R4": (375, 1305, (10, 8, 7)),
    "R5": (380, 1360, (11, 8, 7)),
    "R6": (390, 1290, (9, 7, 6)),
    "R7": (360, 1460, (14, 11, 10)),
    "R8": (430, 1040, (3, 3, 3)),
}
HOLIDAYS = (
    *("2026-04-29", "2026-05-03", "2026-05-04", "2026-05-05", "2026-05-06", "2026-07-20", "2026-08-11", "2026-09-21"),
    *("2026-09-22", "2026-09-23", "2026-10-12", "2026-11-03", "2026-11-23", "2027-01-01", "2027-01-11", "2027-02-11"),
    *("2027-02-23", "2027-03-21", "2027-03-22"),
)
"""国民の祝日 and their substitutes from FIRST_DAY to LAST_DAY."""

Rows = list[list[object]]


@cache
def stops() -> dict[str, tuple[str, Point, str, str]]:
    """Name to id, lon and lat, reading, English."""
    return {
        name: (f"S{number:03}", _place(where), kana, english)
        for number, (name, kana, english, where) in enumerate(records(STOPS_TEXT), 1)
    }


def _place(where: str) -> Point:
    kind, _, name = where.rpartition(":")
    if kind == "駅":
        return stations()[name]
    if kind == "町":
        return towns()[name]
    if kind == "所":
        return position(sites()[name])
    lon, lat = name.split(",")
    return float(lon), float(lat)


@cache
def shapes() -> dict[str, tuple[list[np.ndarray], list[float], list[float]]]:
    """Route to its points outbound (metres), the distance at each point, and the distance at each stop."""
    rng = random("bus")
    made = {}
    for route, _, _, _, _, names in records(ROUTES_TEXT):
        points: list[np.ndarray] = []
        at_stops: list[int] = []
        for name in names.split():
            here = metres(stops()[name][1])
            if points and np.hypot(*(here - points[-1])) > MID_FROM_M:
                way = here - points[-1]
                aside = np.array([-way[1], way[0]]) / np.hypot(*way) * rng.uniform(-MID_OFFSET_M, MID_OFFSET_M)
                points.append(points[-1] + way / 2 + aside)
            points.append(here)
            at_stops.append(len(points) - 1)
        steps = [0.0, *(float(np.hypot(*(b - a))) for a, b in pairwise(points))]
        along = np.cumsum(steps).tolist()
        made[route] = points, along, [along[index] for index in at_stops]
    return made


def _trips() -> Iterator[tuple[str, str, int, int, str]]:
    """Route, service, direction, departure in minutes, trip id."""
    for route, (first, last, counts) in TIMES.items():
        for service, count in zip(DAYS, counts, strict=True):
            for direction in (0, 1):
                for number in range(count):
                    start = first + round((last - first) * number / (count - 1)) + direction * 5
                    yield route, service, direction, start, f"{route}-{service}-{direction}-{number + 1:02}"


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}:00"


def _routes() -> dict[str, Rows]:
    routes: Rows = [["route_id", "agency_id", "route_short_name", "route_long_name", "route_desc", "route_type"]]
    routes_jp: Rows = [["route_id", "route_update_date", "origin_stop", "via_stop", "destination_stop"]]
    prices: Rows = [["fare_id", "price", "currency_type", "payment_method", "transfers"]]
    rules: Rows = [["fare_id", "route_id"]]
    for route, name, _, _, price, names in records(ROUTES_TEXT):
        ends = names.split()
        routes.append([route, AGENCY, name, "", NOTE, 3])
        routes_jp.append([route, FIRST_DAY.strftime("%Y%m%d"), ends[0], ends[len(ends) // 2], ends[-1]])
        prices.append([f"F{route}", price, "JPY", 0, 0])
        rules.append([f"F{route}", route])
    return {
        "routes.txt": routes,
        "routes_jp.txt": routes_jp,
        "fare_attributes.txt": prices,
        "fare_rules.txt": rules,
    }


def _timetable() -> dict[str, Rows]:
    trips: Rows = [["route_id", "service_id", "trip_id", "trip_headsign", "direction_id", "shape_id", "jp_office_id"]]
    times: Rows = [
        ["trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "pickup_type", "drop_off_type"]
    ]
    of_route = {line[0]: (float(line[3]), line[5].split()) for line in records(ROUTES_TEXT)}
    for route, service, direction, start, trip in _trips():
        speed, names = of_route[route]
        reached = shapes()[route][2]
        if direction:
            names, reached = names[::-1], [reached[-1] - each for each in reversed(reached)]
        trips.append([route, service, trip, names[-1], direction, f"{route}-{direction}", OFFICE])
        minutes = start
        for sequence, (name, distance) in enumerate(zip(names, reached, strict=True), 1):
            minutes = max(start + round(distance / 1000 / speed * 60), minutes + (sequence > 1))
            end = int(sequence == len(names))
            now = clock(minutes)
            times.append([trip, now, now, stops()[name][0], sequence, end, int(sequence == 1)])
    return {"trips.txt": trips, "stop_times.txt": times}


def _shape_rows() -> Rows:
    rows: Rows = [["shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"]]
    for route, (points, _, _) in shapes().items():
        for direction, line in enumerate((points, points[::-1])):
            for sequence, point in enumerate(line, 1):
                lon, lat = degrees(point)
                rows.append([f"{route}-{direction}", lat, lon, sequence])
    return rows


def _stop_rows() -> Rows:
    rows: Rows = [["stop_id", "stop_name", "stop_desc", "stop_lat", "stop_lon", "zone_id", "location_type"]]
    for name, (stop_id, (lon, lat), _, _) in stops().items():
        rows.append([stop_id, name, NOTE, round(lat, 5), round(lon, 5), stop_id, 0])
    return rows


def _translations() -> Rows:
    rows: Rows = [["table_name", "field_name", "language", "translation", "field_value"]]
    rows.append(["agency", "agency_name", "en", NAME_EN, NAME])
    for _, name, english, _, _, _ in records(ROUTES_TEXT):
        rows.append(["routes", "route_short_name", "en", english, name])
    for name, (_, _, kana, english) in stops().items():
        rows.append(["stops", "stop_name", "ja-Hrkt", kana, name])
        rows.append(["stops", "stop_name", "en", english, name])
    return rows


def _calendar() -> dict[str, Rows]:
    period = [FIRST_DAY.strftime("%Y%m%d"), LAST_DAY.strftime("%Y%m%d")]
    week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    calendar: Rows = [["service_id", *week, "start_date", "end_date"]]
    calendar += [[service, *days, *period] for service, days in DAYS.items()]
    changes: Rows = [["service_id", "date", "exception_type"]]
    for text in HOLIDAYS:
        day = date.fromisoformat(text)
        usual = next(service for service, days in DAYS.items() if days[day.weekday()])
        if usual != HOLIDAY:
            changes += [[usual, day.strftime("%Y%m%d"), 2], [HOLIDAY, day.strftime("%Y%m%d"), 1]]
    return {"calendar.txt": calendar, "calendar_dates.txt": changes}


def _operator() -> dict[str, Rows]:
    url = "https://example.org/otsu-drill-bus"
    feed = ["feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date", "feed_end_date"]
    return {
        "agency.txt": [
            ["agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"],
            [AGENCY, NAME, url, "Asia/Tokyo", "ja"],
        ],
        "agency_jp.txt": [["agency_id", "agency_official_name"], [AGENCY, f"{NAME}（{NOTE}）"]],
        "office_jp.txt": [["office_id", "office_name"], [OFFICE, f"訓練営業所（{NOTE}）"]],
        "feed_info.txt": [
            [*feed, "feed_version"],
            [f"{NAME}（{NOTE}）", url, "ja", *(d.strftime("%Y%m%d") for d in (FIRST_DAY, LAST_DAY)), "demo-1"],
        ],
    }


def gtfs() -> bytes:
    """The feed as a zip without compression, so that its bytes depend on no library."""
    files = _operator() | _routes() | _calendar() | _timetable()
    files |= {"stops.txt": _stop_rows(), "shapes.txt": _shape_rows(), "translations.txt": _translations()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, table(files[name]))
    return packed.getvalue()
