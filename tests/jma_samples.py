"""What the official samples and real messages of the Japan Meteorological Agency say, and telegrams made for tests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from xml.etree import ElementTree

READ = {
    "15_08_01_130412_VPWW53.xml": ("VPWW53", "通常", "発表", 40, 5, "2945300", "33 04 14 15"),
    "15_08_03_160628_VPWW53.xml": ("VPWW53", "通常", "発表", 40, 5, "2945300", "33 04 14 15"),
    "15_08_05_130412_VPWW53.xml": ("VPWW53", "通常", "発表", 40, None, "", ""),
    "15_09_02_160628_VPWW53.xml": ("VPWW53", "通常", "発表", 30, 5, "3042800", "33 04 35 37"),
    "15_10_03_160628_VPWW53.xml": ("VPWW53", "通常", "発表", 41, 5, "2858600", "35 37 38"),
    "15_11_01_150916_VPWW54.xml": ("VPWW54", "通常", "発表", 19, 4, "3550200", "08 21 24"),
    "15_11_03_150916_VPWW54.xml": ("VPWW54", "通常", "発表", 15, None, "1634300", "02 36 07"),
    "15_12_02_161130_VPWW53.xml": ("VPWW53", "通常", "発表", 62, 5, "1342100", "33 04 35 37 38 14"),
    "15_12_02_161130_VPWW54.xml": ("VPWW54", "通常", "発表", 62, 5, "1342100", "33 04 35 37 38 14"),
    "15_13_01_161226_VPWW53.xml": ("VPWW53", "通常", "発表", 62, 5, "1342100", "33 04 35 37 38 14"),
    "15_13_01_161226_VPWW54.xml": ("VPWW54", "通常", "発表", 62, 5, "1342100", "33 04 35 37 38 14"),
    "15_15_01_220314_VPWW54.xml": ("VPWW54", "通常", "発表", 26, 4, "3640300", "08"),
    "15_16_01_241031_VPWW56.xml": ("VPWW56", "通常", "発表", 10, 4, "0152000", "29"),
    "15_16_02_241031_VPWW57.xml": ("VPWW57", "通常", "発表", 25, 4, "2621100", ""),
    "15_16_03_241226_VPWW55.xml": ("VPWW55", "通常", "発表", 10, 4, "0152000", "10"),
    "15_16_04_241226_VPWW58.xml": ("VPWW58", "通常", "発表", 10, None, "0152000", "15"),
    "15_16_05_241226_VPWW59.xml": ("VPWW59", "通常", "発表", 10, None, "0152000", "16"),
    "15_16_06_241226_VPWW60.xml": ("VPWW60", "通常", "発表", 10, None, "0152000", "12"),
    "15_16_07_241226_VPWW61.xml": ("VPWW61", "通常", "発表", 10, None, "0152000", "23"),
    "15_16_08_241226_VPWW57.xml": ("VPWW57", "通常", "発表", 10, 4, "0151400", "48"),
    "15_17_01_250630_VPWW55.xml": ("VPWW55", "通常", "発表", 19, 3, "3252800", ""),
    "15_17_01_250630_VPWW56.xml": ("VPWW56", "通常", "発表", 19, 4, "3252800", ""),
    "16_01_01_220728_VXKOii.xml": ("VXKO", "通常", "発表", 1, 2, "123456789012", "20"),
    "16_02_02_220728_VXKOii.xml": ("VXKO", "通常", "発表", 1, 3, "890904000100", "30"),
    "16_04_01_220728_VXKOii.xml": ("VXKO", "通常", "発表", 1, 5, "123456789012", "53"),
    "16_06_01_220728_VXKOii.xml": ("VXKO", "通常", "発表", 1, 4, "123456789012", "41"),
    "17_01_01_190529_VXWW50.xml": ("VXWW50", "通常", "発表", 60, 4, "4062500", "3"),
    "17_02_02_190529_VXWW50.xml": ("VXWW50", "通常", "発表", 19, 4, "0133100", "3"),
    "17_03_01_190529_VXWW50.xml": ("VXWW50", "通常", "発表", 27, 4, "3320900", "3"),
    "17_03_03_190529_VXWW50.xml": ("VXWW50", "通常", "発表", 27, 4, "3368100", "3"),
    "17_03_05_190529_VXWW50.xml": ("VXWW50", "通常", "発表", 27, 4, "3368100", "3"),
    "17_03_07_190529_VXWW50.xml": ("VXWW50", "通常", "発表", 27, 4, "3368100", "3"),
    "17_03_09_190529_VXWW50.xml": ("VXWW50", "通常", "発表", 27, 4, "3320700", "3"),
    "17_04_01_250630_VXWW50.xml": ("VXWW50", "通常", "発表", 35, 4, "1438400", "3"),
    "17_04_03_250630_VXWW50.xml": ("VXWW50", "通常", "発表", 35, None, "", ""),
    "32-35_01_01_100806_VXSE51.xml": ("VXSE51", "通常", "発表", 37, None, "540", "3"),
    "32-35_01_02_240613_VXSE52.xml": ("VXSE52", "訓練", "発表", 0, None, "", ""),
    "32-35_01_03_100514_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
    "32-35_04_02_100831_VXSE51.xml": ("VXSE51", "通常", "発表", 6, None, "763", "3"),
    "32-35_04_04_240613_VXSE53.xml": ("VXSE53", "通常", "発表", 67, None, "4420800", "1"),
    "32-35_06_01_240613_VXSE52.xml": ("VXSE52", "通常", "発表", 0, None, "", ""),
    "32-35_06_03_240613_VXSE53.xml": ("VXSE53", "通常", "発表", 620, None, "0133100", "1"),
    "32-35_06_05_240613_VXSE53.xml": ("VXSE53", "通常", "発表", 714, None, "0133100", "1"),
    "32-35_07_01_100915_VXSE51.xml": ("VXSE51", "通常", "発表", 37, None, "540", "3"),
    "32-35_07_03_100915_VXSE51.xml": ("VXSE51", "通常", "発表", 42, None, "540", "3"),
    "32-35_07_05_100915_VXSE51.xml": ("VXSE51", "通常", "発表", 49, None, "563", "3"),
    "32-35_07_06_240613_VXSE53.xml": ("VXSE53", "通常", "発表", 872, None, "2520100", "3"),
    "32-35_08_02_100915_VXSE51.xml": ("VXSE51", "通常", "発表", 9, None, "203", "3"),
    "32-35_08_04_100915_VXSE51.xml": ("VXSE51", "通常", "発表", 15, None, "250", "3"),
    "32-35_08_06_240613_VXSE52.xml": ("VXSE52", "通常", "発表", 0, None, "", ""),
    "32-35_08_07_240613_VXSE53.xml": ("VXSE53", "通常", "発表", 376, None, "2221500", "1"),
    "32-35_10_01_220510_VXSE51.xml": ("VXSE51", "通常", "取消", 0, None, "", ""),
    "32-39_05_01_100831_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
    "32-39_05_04_100831_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
    "32-39_05_06_100831_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
    "32-39_05_08_100831_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
    "32-39_05_12_100915_VXSE53.xml": ("VXSE53", "通常", "取消", 0, None, "", ""),
    "20210216071046_0_VXSE53_270000.xml": ("VXSE53", "通常", "発表", 1, None, "3020100", "1"),
    "20210216143410_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 4, None, "0754700", "1"),
    "20210216233339_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 1, None, "0721100", "1"),
    "20210217053107_0_VXSE53_270000.xml": ("VXSE53", "通常", "発表", 1, None, "3020100", "1"),
    "20210217140847_0_VXSE52_010000.xml": ("VXSE52", "通常", "発表", 0, None, "", ""),
    "20210217164825_0_VXSE51_010000.xml": ("VXSE51", "通常", "発表", 1, None, "779", "3"),
    "20210217165040_0_VXSE53_270000.xml": ("VXSE53", "通常", "発表", 6, None, "4652500", "1"),
    "20210217190009_0_VXSE51_010000.xml": ("VXSE51", "通常", "発表", 1, None, "451", "3"),
    "20210217190220_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 162, None, "2520100", "1"),
    "20210217225533_0_VXSE53_270000.xml": ("VXSE53", "通常", "発表", 1, None, "3020100", "1"),
    "20210218031241_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 1, None, "0822200", "1"),
    "20210218070411_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 4, None, "0160700", "1"),
    "20210218101232_0_VXSE53_270000.xml": ("VXSE53", "通常", "発表", 1, None, "4721400", "1"),
    "20210218124610_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 47, None, "0320900", "1"),
    "20210218161514_0_VXSE53_270000.xml": ("VXSE53", "通常", "発表", 2, None, "3244100", "1"),
    "20210219010440_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 3, None, "0754700", "1"),
    "20210219010945_0_VXSE52_010000.xml": ("VXSE52", "通常", "発表", 0, None, "", ""),
    "20210219012705_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 1, None, "0754400", "1"),
    "20210219091354_0_VXSE52_010000.xml": ("VXSE52", "通常", "発表", 0, None, "", ""),
    "20210219101650_0_VXSE53_270000.xml": ("VXSE53", "通常", "発表", 1, None, "3036100", "1"),
    "20210220012142_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 25, None, "0756400", "1"),
    "20210220120037_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 1, None, "0820200", "1"),
    "20210220132643_0_VXSE52_010000.xml": ("VXSE52", "通常", "発表", 0, None, "", ""),
    "20210220144313_0_VXSE53_270000.xml": ("VXSE53", "通常", "発表", 1, None, "3036100", "1"),
    "20210220160204_0_VXSE53_010000.xml": ("VXSE53", "通常", "発表", 2, None, "0754500", "1"),
    "20230411000017_05859620_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
    "20230411030007_08933757_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
    "20231120170318_06797589_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
    "20231120210006_04874005_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
    "20231203181616_04485779_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
    "20231204000011_03693006_VXSE53.xml": ("VXSE53", "通常", "発表", 0, None, "", ""),
}
"""File: kind, status, type, areas, highest level, one of its areas, and the codes in force there."""

UNSUPPORTED = {
    "15_01_01_091210_VPWW50.xml": "VPWW50",
    "15_06_03_100514_VPWW50.xml": "VPWW50",
    "15_09_01_160628_VPWW50.xml": "VPWW50",
    "18_01_01_100806_VPOA50.xml": "VPOA50",
    "18_03_01_190412_VPOA50.xml": "VPOA50",
    "19_01_01_091210_VPHW50.xml": "VPHW50",
    "19_03_01_130906_VPHW50.xml": "VPHW50",
    "19_04_01_140425_VPHW51.xml": "VPHW51",
    "19_06_01_140425_VPHW51.xml": "VPHW51",
    "19_08_02_150916_VPHW51.xml": "VPHW51",
    "19_08_03_250630_VPHW50.xml": "VPHW50",
    "19_10_02_150916_VPHW51.xml": "VPHW51",
    "19_10_03_250630_VPHW50.xml": "VPHW50",
    "24_11_01_190925_VPFD51.xml": "VPFD51",
    "24_11_03_190925_VPFD51.xml": "VPFD51",
    "24_12_02_190925_VPFD51.xml": "VPFD51",
    "32-35_03_02_240613_VXSE61.xml": "VXSE61",
    "32-35_06_10_100915_VXSE61.xml": "VXSE61",
    "32-39_11_02_250206_VTSE41.xml": "VTSE41",
    "32-39_11_09_250206_VTSE41.xml": "VTSE41",
    "32-39_11_13_250206_VTSE41.xml": "VTSE41",
    "32-39_12_07_250206_VTSE41.xml": "VTSE41",
    "32-39_13_02_250206_VTSE41.xml": "VTSE41",
    "38-39_02_01_250206_VTSE41.xml": "VTSE41",
    "38-39_03_01_210805_VTSE41.xml": "VTSE41",
    "82_01_01_241031_VPBS50.xml": "VPBS50",
    "82_01_02_250630_VPBS50.xml": "VPBS50",
    "85(82)_02_02_250630_VPBS50.xml": "VPBS50",
    "85(82)_02_05_250630_VPBS50.xml": "VPBS50",
    "20220918171502_07401528_VTSE41.xml": "VTSE41",
    "20231009064018_06274659_VTSE41.xml": "VTSE41",
    "20231009074440_07748424_VTSE41.xml": "VTSE41",
    "20231009082436_00085500_VTSE41.xml": "VTSE41",
    "20240116184225_02245216_VXSE43.xml": "VXSE43",
}
"""File: kind."""

Kind = tuple[str, str, str] | tuple[str, str, str, str]
"""Code, name, status, and where there is one the condition."""

AT = "2026-06-01T10:30:00+09:00"
TITLES = {
    "VPWW53": "気象特別警報・警報・注意報",
    "VPWW54": "気象警報・注意報（Ｈ２７）",
    "VPWW55": "気象警報・注意報（Ｒ０６）（大雨）",
    "VPWW56": "気象警報・注意報（Ｒ０６）（土砂）",
    "VPWW57": "気象警報・注意報（Ｒ０６）（高潮）",
    "VPWW58": "気象警報・注意報（Ｒ０６）（暴風）",
    "VPWW61": "気象警報・注意報（Ｒ０６）（その他注意報）",
    "VXWW50": "土砂災害警戒情報",
    "VXKO": "指定河川洪水予報",
    "VXSE51": "震度速報",
    "VXSE52": "震源に関する情報",
    "VXSE53": "震源・震度に関する情報",
}
NOTHING: Kind = ("", "", "発表警報・注意報はなし")


def telegram(
    title: str,
    body: str = "",
    headline: str = "",
    status: str = "通常",
    info_type: str = "発表",
    at: str = AT,
    event: str = "",
) -> bytes:
    """A whole telegram around a body and the parts of its headline."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Report xmlns="http://xml.kishou.go.jp/jmaxml1/"><Control><Title>{title}</Title><DateTime>2026-06-01T01:30:05Z</DateTime>
<Status>{status}</Status><EditorialOffice>彦根地方気象台</EditorialOffice></Control>
<Head xmlns="http://xml.kishou.go.jp/jmaxml1/informationBasis1/"><Title>滋賀県の電文</Title>
<ReportDateTime>{at}</ReportDateTime><EventID>{event}</EventID><InfoType>{info_type}</InfoType><Serial>2</Serial>
<InfoKind>気象警報・注意報</InfoKind><Headline><Text> 見出し </Text>{headline}</Headline></Head>
<Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/meteorology1/">{body}</Body></Report>""".encode()


def kind_xml(code: str, name: str, status: str, condition: str = "") -> str:
    parts = (("Name", name), ("Code", code), ("Status", status), ("Condition", condition))
    return "<Kind>" + "".join(f"<{tag}>{value}</{tag}>" for tag, value in parts if value) + "</Kind>"


def item(code: str, name: str, kinds: Sequence[Kind]) -> str:
    inside = "".join(kind_xml(*each) for each in kinds)
    return f"<Item>{inside}<Area><Name>{name}</Name><Code>{code}</Code></Area></Item>"


def warnings(kind: str, south: Sequence[Kind], north: Sequence[Kind] = (NOTHING,), **how: str) -> bytes:
    """Warnings for the two areas of Otsu, with the parts for the prefecture and its regions that must not be read."""
    regional = item("250000", "滋賀県", [("33", "大雨特別警報", "発表")])
    local = item("2520101", "大津市南部", south) + item("2520102", "大津市北部", north)
    parts = [("府県予報区等", regional), ("市町村等をまとめた地域等", regional), ("市町村等", local)]
    body = "".join(f'<Warning type="気象警報・注意報（{of}）">{items}</Warning>' for of, items in parts)
    return telegram(TITLES[kind], body, **how)


def landslide_alert(*kinds: Kind, **how: str) -> bytes:
    items = "".join(item(f"25201{number:02}", "大津市", [each]) for number, each in enumerate(kinds, 1))
    target = "<TargetArea><Name>滋賀県</Name><Code>250000</Code></TargetArea>"
    return telegram(TITLES["VXWW50"], f'{target}<Warning type="土砂災害警戒情報">{items}</Warning>', **how)


def river(code: str, name: str, cities: Sequence[str] = (), **how: str) -> bytes:
    """A forecast for one river area, with its two offices and the municipalities that may be under water."""
    kind, offices = kind_xml(code, name, ""), ("250000", "260000")
    areas = "".join(f"<Area><Name>府県</Name><Code>{each}</Code></Area>" for each in offices)
    headline = (
        f'<Information type="指定河川洪水予報（予報区域）"><Item>{kind}<Areas codeType="x"><Area><Name>瀬田川</Name>'
        "<Code>860604000100</Code></Area></Areas></Item></Information>"
        f'<Information type="指定河川洪水予報（府県予報区等）"><Item>{kind}<Areas>{areas}</Areas></Item></Information>'
    )
    places = "".join(f"<Area><Name>観測所</Name><Code>1</Code><CityCode>{each}</CityCode></Area>" for each in cities)
    flooded = f"<Item>{kind_xml('1', '浸水想定地区', '対象地域')}<Areas>{places}</Areas></Item>" if places else ""
    body = f'<Warning type="指定河川洪水予報">{flooded}</Warning>'
    return telegram(TITLES["VXKO"], body, headline, event="860604000100", **how)


def quake(kind: str, *places: tuple[str, str, str], condition: str = "", **how: str) -> bytes:
    """Code, name and intensity of municipalities (VXSE53) or regions (VXSE51)."""
    tag = "Area" if kind == "VXSE51" else "City"
    said = "".join(
        f"<{tag}><Name>{name}</Name><Code>{code}</Code>{f'<MaxInt>{degree}</MaxInt>' if degree else ''}"
        f"{f'<Condition>{condition}</Condition>' if condition else ''}</{tag}>"
        for code, name, degree in places
    )
    inside = said if tag == "Area" else f"<Area><Name>滋賀県南部</Name><Code>501</Code><MaxInt>4</MaxInt>{said}</Area>"
    body = (
        f"<Intensity><Observation><MaxInt>4</MaxInt><Pref><Name>滋賀県</Name><Code>25</Code>{inside}</Pref>"
        "</Observation></Intensity>"
        if places
        else "<Earthquake/>"
    )
    return telegram(TITLES[kind], body, event="20260601102900", **how)


PIECES = [
    b"",
    b"<",
    b">",
    b"/",
    b"&",
    b"</Kind>",
    b"<Item>",
    b"\xff",
    b"\0",
    b"&#0;",
    b"]]>",
    b"99",
    "レベル４".encode(),
]


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """One to four changes: of bytes, which mostly break the XML, or of whole elements and texts, which leave it XML."""
    return _elements_changed(whole, chance) if chance.random() < 0.5 else _bytes_changed(whole, chance)


def _bytes_changed(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(data)), chance.randrange(len(data))
        piece = chance.choice([bytes([chance.randrange(256)]), data[other : other + 20], chance.choice(PIECES)])
        data[at : at + chance.choice([0, 1, 1, 8])] = piece
    return bytes(data if chance.random() < 0.95 else data[: len(data) // 2])


def _elements_changed(whole: bytes, chance: random.Random) -> bytes:
    root = ElementTree.fromstring(whole)
    for _ in range(chance.randint(1, 4)):
        elements = list(root.iter())
        parent, other = chance.choice(elements), chance.choice(elements)
        change = chance.randrange(4)
        if change == 0 and len(parent):
            parent.remove(chance.choice(list(parent)))
        elif change == 1 and other is not root and parent not in list(other.iter()):
            parent.insert(chance.randint(0, len(parent)), other)
        elif change == 2:
            parent.text = chance.choice([other.text, "", "0", "9" * 30, "\u3000", "レベル４", "解除", "取消"])
        else:
            parent.tag, parent.attrib = other.tag, dict(other.attrib)
    return ElementTree.tostring(root, "utf-8")
