"""Names and words that a drill writes into the ledger: content, in the language of the city, each marked as 訓練."""

from __future__ import annotations

HEADQUARTERS = "hq"
SECOND = "hq-second"
"""Who confirms an order: never the one who enters it."""

DESKS = ("desk-south", "desk-centre", "desk-north")
"""Desks that record, by the latitude of the place."""

FIELD = "patrol"
"""Who reports people outside shelters."""

ACTORS = (HEADQUARTERS, *DESKS, FIELD)
"""Everybody who records in a drill: roles, never persons."""

AUTHORITY = "市長"
DECIDED_BY = "災害対策本部"
SOURCE = "訓練"

ALERT = "【訓練】{name}"
RAIN = {2: "レベル２大雨注意報", 3: "レベル３大雨警報", 4: "レベル４大雨危険警報", 0: "大雨 解除"}
SLOPES = {2: "レベル２土砂災害注意報", 3: "レベル３土砂災害警報", 4: "レベル４土砂災害危険警報", 0: "土砂災害 解除"}
QUAKE, AFTERSHOCK = ("6+", "震度６強"), ("6-", "震度６弱")

OUTSIDE = {
    "car": "{name} 駐車場",
    "relatives": "{name} 親戚・知人宅",
    "hotel": "{name} 宿泊施設",
    "home": "{name} 自宅の２階以上",
    "station": "{name} 駅の周り",
}
NOWHERE = "市内"
"""Stands for a district without a name."""

OPERATOR = "路線バス（訓練）"
"""Whose buses stop running."""

PROVISIONAL = "自主避難所（訓練）{district} {number}"

REQUEST = "【訓練】人数を知らせてください"
REMARKS = (
    "【訓練】トイレの列が長い",
    "【訓練】毛布が足りないという声がある",
    "【訓練】発電機の燃料を確かめた",
    "【訓練】ペットを連れた家族は別室に案内した",
    "【訓練】携帯電話の充電場所を設けた",
)
