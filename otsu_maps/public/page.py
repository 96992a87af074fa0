"""The frame of every public page: head, style, cover, marks. It asks for nothing and reads without a script."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from html import escape

from otsu_maps import clock
from otsu_maps.maps import palette
from otsu_maps.public import svg_map
from otsu_maps.public.record import Status
from otsu_maps.public.words import is_read, language, tell

LARGEST_BYTES = 50_000
"""A page is smaller as it is sent, also where nothing compresses it: a thin line carries it in a few seconds."""

FRAME_BYTES = 10_000
"""More than the frame of a page ever takes of that."""

_BASE = palette.BASE["light"]

STYLE = (
    ":root {"
    f"--ink: {palette.css(palette.INK)}; --paper: {palette.css(palette.PAPER)}; --land: {_BASE['city']};"
    f" --water: {_BASE['water']}; --edge: {_BASE['edge']}; --rail: {_BASE['rail']}; --beyond: {_BASE['beyond']}}}"
    + """
* {box-sizing: border-box}
body {margin: 0 auto; max-width: 46rem; padding: 0 .9rem 3rem; background: var(--paper); color: var(--ink);
  font-size: 1.05rem; line-height: 1.6; color-scheme: light; overflow-wrap: anywhere}
:lang(en), :lang(pt), :lang(vi) {font-family: 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK JP', sans-serif}
:lang(zh-Hans) {font-family: 'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', sans-serif}
:lang(zh-Hant) {font-family: 'Microsoft JhengHei', 'PingFang TC', 'Noto Sans CJK TC', sans-serif}
:lang(ko) {font-family: 'Malgun Gothic', 'Apple SD Gothic Neo', 'Noto Sans CJK KR', sans-serif}
body:lang(ko) {word-break: keep-all}
:lang(ja) {font-family: 'BIZ UDPGothic', 'Yu Gothic UI', Meiryo, 'Hiragino Sans', 'Noto Sans CJK JP', sans-serif}
a {color: inherit; text-underline-offset: .2em}
h1 {font-size: 1.45rem; line-height: 1.3; margin: .8rem 0 .3rem}
h2 {font-size: 1.25rem; margin: 1.8rem 0 .4rem; border-bottom: 3px solid}
h3 {font-size: 1.1rem; margin: 1.2rem 0 .3rem}
p {margin: .3rem 0}
ul, ol {margin: .3rem 0; padding: 0; list-style: none}
:focus-visible {outline: 4px solid; outline-offset: 2px}
.skip {position: absolute; left: -99rem} .skip:focus {position: static}
.tongues a, .tongues b, .button {display: inline-block; padding: .55rem .7rem; min-height: 2.75rem}
.button {border: 2px solid; border-radius: .4rem; font-weight: 700; margin: .3rem .4rem .3rem 0}
.mark, .loud {border: 4px solid; padding: .5rem .8rem; font-weight: 700; margin: .6rem 0}
.mark {border-style: double; border-width: 8px; text-align: center; font-size: 1.15rem}
.time {font-weight: 700}
.level {padding: .6rem .9rem; border: 2px solid var(--ink); font-weight: 700; font-size: 1.2rem; margin: .8rem 0 .3rem}
.level:first-child {font-size: 1.45rem}
.divider {border: solid; border-width: 4px 0; text-align: center; font-weight: 700; padding: .3rem; margin: .8rem 0}
.place {padding: .5rem .7rem; margin: .5rem 0; border-left: .7rem solid; background: var(--land)}
.place p {font-size: .95rem; margin: 0}
.place b {font-size: 1.1rem}
.tag {display: inline-block; border: 2px solid; padding: 0 .5rem; font-weight: 700; border-radius: .3rem}
.small {font-size: .9rem}
.cover {position: fixed; inset: 0; overflow: auto; padding: 2rem 1.2rem; background: var(--ink); color: var(--paper);
  font-size: 1.3rem; font-weight: 700; z-index: 9}
[hidden] {display: none}
@media (min-width: 3000px) {html {font-size: 200%}}
"""
    + "".join(
        f".level-{level} {{background: {palette.css(colour)}; color: {palette.css(palette.ink_on(colour))}}}\n"
        for level, colour in palette.LEVELS.items()
    )
    + "".join(
        f".{state} {{border-left-color: {palette.css(colour)}}}\n" for state, colour in palette.PUBLIC_STATES.items()
    )
)

COVER = """
(function () {
  var body = document.body, page = document.getElementById("page"), cover = document.getElementById("cover");
  var opened = Date.now(), lasts = +body.dataset.lasts * 1000, until = Date.parse(body.dataset.until);
  function look() {
    var now = Date.now(), isOld = !(now < until) || now - opened >= lasts;
    if (cover.hidden === isOld) { cover.hidden = !isOld; page.hidden = isOld; }
  }
  look(); setInterval(look, 1000); addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", look);
})();
"""
"""What is too old is covered. By the clock of the reader, or, should that be slow, by how long the page stands open."""


def digest(district_id: str) -> str:
    """A name of a district for an address, the same in every build: the ids themselves may be Japanese."""
    return hashlib.sha256(district_id.encode()).hexdigest()[:8]


def name(lang: str, district_id: str | None = None, kind: str = "district") -> str:
    """The file of a page: of a district, or of the city."""
    return f"{lang}.html" if district_id is None else f"{kind}-{digest(district_id)}.{lang}.html"


def whole(
    status: Status, lang: str, title: str, own: str, tongues: Mapping[str, str], main: str, style: str = ""
) -> str:
    """A page. `own`: its file; `tongues`: by language, the file of the same page in it; `main` is HTML already."""
    card = language(lang)
    lasts_s = round((status.valid_until - status.made_at).total_seconds())
    return f"""<!doctype html>
<html lang="{card.tag}" dir="{card.direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(prefix(status, lang) + title)}</title><link rel="icon" href="data:,">
<link rel="alternate" type="application/atom+xml" href="feed.atom">
<style>{STYLE}{style}</style></head>
<body data-until="{status.valid_until.isoformat()}Z" data-lasts="{lasts_s}">
<div id="cover" class="cover" role="alert" hidden><p>{_tell("page.expired_title", lang)}</p>
<p>{_tell("page.expired", lang)}</p><p><a href="{own}">{_tell("page.reload", lang)}</a></p>
<p class="small">{_tell("page.clock", lang)}</p></div>
<div id="page">
<a class="skip" href="#places">{_tell("page.skip", lang)}</a>
<header>{marks(status, lang)}{_tongues(tongues, lang)}<h1>{escape(title)}</h1>
<p class="time">{made(status, lang)}</p>
<p><a class="button" href="{own}">{_tell("page.reload", lang)}</a></p></header>
<main>{main}</main>
</div>
<script>{COVER}</script>
</body>
</html>
"""


def made(status: Status, lang: str) -> str:
    """When it was made and until when it may be believed, Japan time; in HTML."""
    until = clock.shown_near(status.valid_until, status.made_at)
    at = f'<time datetime="{status.made_at.isoformat()}Z">{clock.shown(status.made_at)}</time>'
    said = escape(tell("page.made", lang, at="\0")).replace("\0", at)
    return f"{said}　{_tell('page.valid', lang, at=until)}"


def marks(status: Status, lang: str) -> str:
    """That it is a drill, a test or invented, and that nobody has read this language through; else nothing."""
    said = [] if status.mode == "real" else [tell(f"page.{status.mode}", lang)]
    said += [tell("page.demo", lang)] if status.is_demo else []
    unread = language(lang).mark
    return "".join(f'<p class="mark">{escape(each)}</p>' for each in said) + (
        f'<p class="small">{escape(unread)}</p>' if unread else ""
    )


def prefix(status: Status, lang: str) -> str:
    """What a title begins with where it is not real."""
    mode = "" if status.mode == "real" else tell(f"feed.{status.mode}", lang)
    return mode + (tell("feed.demo", lang) if status.is_demo else "")


def named(name_ja: str, name_latin: str | None, lang: str) -> str:
    """A name in HTML: Japanese, with its Latin one first where the reader does not read Japanese and there is one."""
    if lang.startswith("ja"):
        return escape(name_ja)
    japanese = f'<span lang="ja">{escape(name_ja)}</span>'
    return f"{escape(name_latin)} {japanese}" if name_latin and not is_read(name_ja, lang) else japanese


def joined(parts: Sequence[str], lang: str) -> str:
    """A list in a sentence; the parts are HTML already."""
    return escape(tell("page.join", lang)).join(parts)


def _tongues(tongues: Mapping[str, str], lang: str) -> str:
    cards = {code: language(code) for code in tongues}
    links = "".join(
        f'<b aria-current="page">{escape(card.name)}</b>'
        if code == lang
        else f'<a lang="{card.tag}" hreflang="{card.tag}" href="{tongues[code]}">{escape(card.name)}</a>'
        for code, card in cards.items()
    )
    return f'<nav class="tongues" aria-label="{_tell("page.languages", lang)}">{links}</nav>'


def _tell(key: str, lang: str, **params: object) -> str:
    return escape(tell(key, lang, **params))


STYLE += svg_map.STYLE
