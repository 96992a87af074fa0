"""The small pages beside the app, written here whole: no script, no request to anywhere, colours of the system."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from otsu_maps.access.names import LONGEST_NAME
from otsu_maps.access.passwords import LONGEST
from otsu_maps.i18n import languages, say

STYLE = """
:root { color-scheme: light dark; }
* { box-sizing: border-box; }
body { margin: 0; background: Canvas; color: CanvasText; line-height: 1.7;
  font: 1.05rem/1.7 'BIZ UDPGothic', 'Yu Gothic UI', Meiryo, 'Hiragino Sans', 'Noto Sans CJK JP', sans-serif; }
main { max-width: 27rem; margin: 0 auto; padding: 2.5rem 1.2rem; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1.1rem; font-weight: 400; margin: 0 0 1.2rem; }
label { display: block; margin-top: 1.1rem; font-weight: 700; }
input { width: 100%; min-height: 3rem; font: inherit; padding: .4rem .7rem; border: 2px solid GrayText;
  border-radius: .3rem; background: Field; color: FieldText; }
button, .button { display: block; width: 100%; min-height: 3.2rem; margin-top: 1.6rem; font: inherit; font-weight: 700;
  border: 2px solid LinkText; border-radius: .3rem; background: LinkText; color: Canvas; cursor: pointer;
  text-align: center; text-decoration: none; padding: .6rem; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
[role=alert] { border: 2px solid; border-left-width: .6rem; padding: .7rem .9rem; font-weight: 700; }
[role=alert]::before { content: "⚠ "; }
nav { margin-top: 2rem; }
nav a { display: inline-block; padding: .6rem .8rem .6rem 0; color: LinkText; }
"""


def sign_in(lang: str, next_path: str, *, problem: str = "", name: str = "", notice: str = "") -> str:
    """The page that asks for name and password."""
    focus = {True: "", False: " autofocus"}
    body = f"""
<form method="post" action="/sign-in">
<input type="hidden" name="next" value="{escape(next_path)}"><input type="hidden" name="lang" value="{escape(lang)}">
<label for="name">{_say("access.name", lang)}</label>
<input id="name" name="name" value="{escape(name)}" required maxlength="{LONGEST_NAME}" autocomplete="username"
 autocapitalize="none" spellcheck="false"{focus[bool(name)]}>
<label for="password">{_say("access.password", lang)}</label>
<input id="password" name="password" type="password" required maxlength="{LONGEST}"
 autocomplete="current-password"{focus[not name]}>
<button>{_say("access.sign_in", lang)}</button>
</form>"""
    others = "".join(
        f'<a lang="{code}" hreflang="{code}" href="/sign-in?{escape(urlencode({"lang": code, "next": next_path}))}">'
        f"{escape(words)}</a>"
        for code, words in languages().items()
        if code != lang
    )
    return _page("access.sign_in", lang, problem, notice, f"{body}<nav>{others}</nav>")


def message(lang: str, problem: str, next_path: str = "/") -> str:
    """A page that says why something was refused, and leads back."""
    body = f'<a class="button" href="{escape(next_path)}">{_say("access.back", lang)}</a>'
    return _page("access.refused_title", lang, problem, "", body)


def _page(title: str, lang: str, problem: str, notice: str, body: str) -> str:
    said = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    told = f'<p role="status">{escape(notice)}</p>' if notice else ""
    return f"""<!doctype html>
<html lang="{escape(lang)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_say(title, lang)} - {_say("app.title", lang)}</title>
<link rel="icon" href="data:,"><style>{STYLE}</style></head>
<body><main><h1>{_say("app.title", lang)}</h1><h2>{_say(title, lang)}</h2>{said}{told}{body}</main></body>
</html>
"""


def _say(key: str, lang: str) -> str:
    return escape(say(key, lang))
