"""Events of the demo, in the standard form for municipalities. The places are real, every date is invented."""

from __future__ import annotations

from generate_common import CITY, CITY_CODE6, MARK, records, table

PREFECTURE = "滋賀県"
NOTE = f"{MARK}予定"
HEADER = (
    *(
        "全国地方公共団体コード",
        "ID",
        "地方公共団体名",
        "イベント名",
        "イベント名_カナ",
        "イベント名_英語",
        "開始日",
        "終了日",
    ),
    *("繰り返しパターン", "開始時間", "終了時間", "開始日時特記事項", "説明", "料金(基本)", "料金(詳細)", "連絡先名称"),
    *(
        "連絡先電話番号",
        "連絡先内線番号",
        "主催者",
        "場所名称",
        "所在地_全国地方公共団体コード",
        "町字ID",
        "所在地_連結表記",
    ),
    *(
        "所在地_都道府県",
        "所在地_市区町村",
        "所在地_町字",
        "所在地_番地以下",
        "建物名等(方書)",
        "緯度",
        "経度",
        "アクセス方法",
    ),
    *("駐車場情報", "定員", "参加申込終了日", "参加申込終了時間", "参加申込方法", "URL", "備考", "カテゴリー"),
)
# Id, name, place, town, latitude, longitude of the places used.
PLACES_TEXT = """
曳山|大津祭曳山巡行路|中央|35.0078|135.8672
港|大津港|浜大津|35.0128|135.8655
渚|なぎさ公園|におの浜|35.0066|135.8835
ホール|湖畔の音楽ホール|打出浜|35.0068|135.8772
三井寺|三井寺境内|園城寺町|35.0134|135.8528
石山寺|石山寺境内|石山寺|34.9605|135.9056
日吉|日吉大社|坂本|35.0733|135.8640
神宮|近江神宮|神宮町|35.0325|135.8512
皇子山|皇子山総合運動公園|御陵町|35.0190|135.8570
舞子|近江舞子中浜|南小松|35.2285|135.9555
唐橋|唐橋公園|瀬田|34.9770|135.9080
文化|びわこ文化公園|瀬田南大萱町|34.9710|135.9430
堅田|本堅田の町並み|本堅田|35.1140|135.9190
仰木|仰木の棚田|仰木|35.1120|135.8780
和邇|和邇文化センター|和邇高城|35.1600|135.9220
膳所|膳所城跡公園|本丸町|34.9950|135.8945
葛川|葛川市民センター|葛川坊村町|35.2470|135.8670
田上|田上市民センター|里|34.9380|135.9290
"""
# Name, reading, English, first day, last day, from, to, place, fee, kind, repetition.
EVENTS_TEXT = """
大津祭|オオツマツリ|Otsu Festival
  |2026-10-10|2026-10-11|09:00|17:30|曳山|無料|祭り|
湖畔秋の音楽祭|コハンアキノオンガクサイ|Lakeside Autumn Music Festival
  |2026-10-17|2026-10-18|10:30|20:00|ホール|2,000円|音楽|
唐橋朝市|カラハシアサイチ|Karahashi Morning Market
  |2026-10-04|2027-09-05|08:00|11:00|唐橋|無料|市|毎月第1日曜日
棚田の収穫祭|タナダノシュウカクサイ|Rice Terrace Harvest Festival
  |2026-10-25|2026-10-25|10:00|15:00|仰木|無料|農業|
文化公園あきまつり|ブンカコウエンアキマツリ|Bunka Park Autumn Festival
  |2026-11-03|2026-11-03|10:00|16:00|文化|無料|祭り|
坂本もみじライトアップ|サカモトモミジライトアップ|Sakamoto Autumn Leaves by Night
  |2026-11-14|2026-11-29|17:00|20:30|日吉|500円|観光|
石山寺秋月祭|イシヤマデラシュウゲツサイ|Ishiyamadera Autumn Moon Evening
  |2026-11-21|2026-11-22|17:30|21:00|石山寺|600円|観光|
総合防災訓練|ソウゴウボウサイクンレン|City Disaster Drill
  |2026-11-29|2026-11-29|08:30|12:00|皇子山|無料|防災|
湖岸イルミネーション|コガンイルミネーション|Lakeside Illumination
  |2026-12-05|2027-01-11|17:00|22:00|渚|無料|観光|
三井寺除夜の鐘|ミイデラジョヤノカネ|New Year's Eve Bell at Miidera
  |2026-12-31|2027-01-01|23:00|25:00|三井寺|無料|行事|
近江神宮かるた大会|オウミジングウカルタタイカイ|Karuta Tournament at Omi Shrine
  |2027-01-09|2027-01-10|09:00|17:00|神宮|1,000円|大会|
消防出初式|ショウボウデゾメシキ|New Year Parade of the Fire Brigade
  |2027-01-17|2027-01-17|10:00|11:30|渚|無料|防災|
葛川雪あかり|カツラガワユキアカリ|Katsuragawa Snow Lanterns
  |2027-02-13|2027-02-14|17:00|20:00|葛川|無料|祭り|
びわ湖大津マラソン|ビワコオオツマラソン|Lake Biwa Otsu Marathon
  |2027-03-14|2027-03-14|09:00|15:30|皇子山|10,000円|スポーツ|
三井寺さくらの夜|ミイデラサクラノヨル|Cherry Blossom Nights at Miidera
  |2027-03-27|2027-04-11|18:00|21:00|三井寺|600円|観光|
山王祭|サンノウサイ|Sanno Festival
  |2027-04-12|2027-04-15|10:00|21:00|日吉|無料|祭り|
膳所城跡春の市|ゼゼジョウアトハルノイチ|Zeze Castle Park Spring Market
  |2027-04-24|2027-04-25|10:00|16:00|膳所|無料|市|
湖畔こどもまつり|コハンコドモマツリ|Lakeside Children's Day
  |2027-05-05|2027-05-05|10:00|16:00|渚|無料|子ども|
堅田湖族まつり|カタタコゾクマツリ|Katata Lake People's Festival
  |2027-05-22|2027-05-23|10:00|17:00|堅田|無料|祭り|
和邇ホタル観察会|ワニホタルカンサツカイ|Firefly Walk at Wani
  |2027-06-12|2027-06-12|19:00|21:00|和邇|無料|自然|
近江舞子水泳場びらき|オウミマイコスイエイジョウビラキ|Opening of the Beach at Omi-Maiko
  |2027-07-03|2027-07-03|10:00|12:00|舞子|無料|観光|
瀬田川夏の灯り|セタガワナツノアカリ|Summer Lights on the Seta River
  |2027-07-24|2027-07-25|18:00|21:00|唐橋|無料|祭り|
びわ湖大花火大会|ビワコダイハナビタイカイ|Lake Biwa Great Fireworks
  |2027-08-06|2027-08-06|19:30|20:30|港|有料席あり|花火|
田上夏の夕べ|タナカミナツノユウベ|Tanakami Summer Evening
  |2027-08-21|2027-08-21|17:00|21:00|田上|無料|祭り|
湖上コンサート|コジョウコンサート|Concert on the Lake
  |2027-09-18|2027-09-18|17:30|20:00|港|3,000円|音楽|
避難所運営体験会|ヒナンジョウンエイタイケンカイ|Running a Shelter: a Day of Practice
  |2027-09-05|2027-09-05|09:30|12:00|和邇|無料|防災|
大津港夏の夜の花火|オオツコウナツノヨルノハナビ|Summer Night Fireworks at Otsu Port
  |2025-07-26|2025-07-26|19:30|20:30|港|有料席あり|花火|
"""


def events() -> bytes:
    """The list of events; headers as in the standard, those that say nothing stay empty."""
    places = {place[0]: place[1:] for place in records(PLACES_TEXT)}
    rows = [list(HEADER)]
    for number, record in enumerate(records(EVENTS_TEXT), 1):
        name, kana, english, starts, ends, opens, closes, place, fee, kind, again = record
        where, town, lat, lon = places[place]
        values = {
            "全国地方公共団体コード": CITY_CODE6,
            "ID": f"KUNREN{number:03}",
            "地方公共団体名": f"{PREFECTURE}{CITY}",
            "イベント名": f"{name}（訓練用）",
            "イベント名_カナ": kana,
            "イベント名_英語": f"{english} (invented, for drills)",
            "開始日": starts,
            "終了日": ends,
            "繰り返しパターン": again,
            "開始時間": opens,
            "終了時間": closes,
            "開始日時特記事項": "荒天中止",
            "説明": f"{where}で行う{name}。日時と内容は{MARK}もの。",
            "料金(基本)": fee,
            "場所名称": where,
            "所在地_全国地方公共団体コード": CITY_CODE6,
            "所在地_連結表記": f"{PREFECTURE}{CITY}{town}",
            "所在地_都道府県": PREFECTURE,
            "所在地_市区町村": CITY,
            "所在地_町字": town,
            "緯度": lat,
            "経度": lon,
            "備考": NOTE,
            "カテゴリー": kind,
        }
        rows.append([values.get(column, "") for column in HEADER])
    return table(rows)
