"""Sign-in, sign-out, change of person, and the guard of every route: plain Starlette, no script in the browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from inspect import iscoroutinefunction
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from otsu_maps import config
from otsu_maps.access import html
from otsu_maps.access.headers import OWN_PAGE, App, Receive, Scope, Send
from otsu_maps.access.names import own_path
from otsu_maps.access.provider import told
from otsu_maps.access.roles import BY_ITSELF, COOKIE, GUARDED, ROUTES, may
from otsu_maps.access.visitor import VISITOR, is_loopback
from otsu_maps.errors import AccessRefused, LedgerBusy, LedgerMissing, OtsuMapsError
from otsu_maps.i18n import languages, say
from otsu_maps.ledger import accounts
from otsu_maps.ledger.accounts import Signed

PROVIDERS_COOKIE = "_streamlit_user"
"""What Streamlit calls the cookie of an identity provider; long ones go on in `_streamlit_user_1` and so on."""

LARGEST_FORM = 8 * 1024
NO_STORE = {"Cache-Control": "no-store"}

Endpoint = Callable[[Request], Any]


@dataclass
class Around:
    """What this room cannot know itself; server.py tells. `claims` of an identity provider, from cookies."""

    shows_demo: Callable[[], bool] = lambda: False
    claims: Callable[[Mapping[str, str]], Mapping[str, Any]] = lambda _: {}


around = Around()


def signed_of(connection: HTTPConnection, *, is_alive: bool = False) -> Signed | None:
    """Who sent this request: an account, a visitor of the demo at this machine, or None. Raises LedgerMissing."""
    ledger = accounts.of_settings()
    token = connection.cookies.get(COOKIE)
    if ledger and token and (signed := accounts.who(ledger, token, is_alive=is_alive)):
        return signed
    at_provider = told(around.claims(connection.cookies))
    if at_provider:
        try:
            return accounts.who_told(ledger, at_provider, is_alive=is_alive) if ledger else None
        except AccessRefused:
            return None
    if not accounts.has_accounts(ledger) and _is_here(connection) and around.shows_demo():
        return VISITOR
    return None


def needs(action: str) -> Callable[[Endpoint], Callable[[Request], Awaitable[Response]]]:
    """Guard an endpoint: who is not signed in is led to /sign-in (401 for no page), a role that may not gets 403."""

    def guard(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        @wraps(endpoint)
        async def guarded(request: Request) -> Response:
            is_alive = (request.method == "POST" or _wants_page(request)) and request.url.path not in BY_ITSELF
            refused = await run_in_threadpool(_refusal, request, action, is_alive)
            if refused is not None:
                return refused
            if iscoroutinefunction(endpoint):
                return await endpoint(request)
            return await run_in_threadpool(endpoint, request)

        return guarded

    return guard


def route(path: str, endpoint: Endpoint, methods: list[str] | None = None) -> Route:
    """A route as roles.ROUTES guards it; a path that is not there is a KeyError when the server starts."""
    action = ROUTES[path]
    return Route(path, endpoint if action is None else needs(action)(endpoint), methods=methods or ["GET"])


class Guard:
    """Streamlit's own routes (downloads, uploads), and websockets from pages of other servers."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not is_same_origin(HTTPConnection(scope), strict=False):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http":
            action = next((needed for start, needed in GUARDED.items() if scope["path"].startswith(start)), None)
            refused = await run_in_threadpool(_refusal, Request(scope), action, False) if action else None
            if refused is not None:
                await refused(scope, receive, send)
                return
        await self.app(scope, receive, send)


def sign_in_page(request: Request) -> Response:
    """`GET /sign-in`: the form. Who is signed in already goes on at once."""
    lang, next_path = _language(request), own_path(request.query_params.get("next"))
    try:
        signed = signed_of(request)
    except OtsuMapsError as error:
        return _page(html.sign_in(lang, next_path, problem=error.reason.sentence(lang)), 503)
    if signed is not None and signed is not VISITOR:
        return _go(next_path)
    notice = say("access.signed_out", lang) if "out" in request.query_params else ""
    return _page(html.sign_in(lang, next_path, notice=notice))


async def sign_in(request: Request) -> Response:
    """`POST /sign-in`: check, begin a session, set the cookie, go on."""
    form = await _form(request)
    if isinstance(form, Response):
        return form
    return await run_in_threadpool(_sign_in, request, form)


async def sign_out(request: Request) -> Response:
    """`POST /sign-out`: end the session here, and forget what an identity provider said."""
    form = await _form(request)
    if isinstance(form, Response):
        return form
    return await run_in_threadpool(_sign_out, request, form)


async def change_person(request: Request) -> Response:
    """`POST /person`: somebody else sits down at this desk."""
    form = await _form(request)
    if isinstance(form, Response):
        return form
    return await run_in_threadpool(_change_person, request, form)


def routes() -> list[Route]:
    """The routes of this module."""
    return [
        route("/sign-in", sign_in_page),
        route("/sign-in", sign_in, ["POST"]),
        route("/sign-out", sign_out, ["POST"]),
        route("/person", change_person, ["POST"]),
    ]


def _sign_in(request: Request, form: Mapping[str, str]) -> Response:
    lang, next_path, name = _language(request, form), own_path(form.get("next")), form.get("name", "")
    try:
        ledger = accounts.of_settings()
        if ledger is None or not accounts.has_accounts(ledger):
            raise AccessRefused("access_none_yet")
        token = accounts.sign_in(ledger, name, form.get("password", ""), _desk(request))
        if before := request.cookies.get(COOKIE):
            accounts.sign_out(ledger, before)
    except AccessRefused as error:
        problem = html.sign_in(lang, next_path, problem=_sentence(error, lang), name=name)
        if seconds := error.reason.params.get("seconds"):
            return _page(problem, 429, {"Retry-After": str(seconds)})
        return _page(problem, 401)
    except (LedgerBusy, LedgerMissing) as error:
        return _page(html.sign_in(lang, next_path, problem=error.reason.sentence(lang), name=name), 503)
    answer = _go(next_path)
    answer.set_cookie(COOKIE, token, path="/", httponly=True, samesite="strict", secure=_is_https(request))
    return answer


def _sentence(error: AccessRefused, lang: str) -> str:
    seconds = error.reason.params.get("seconds")
    if seconds and seconds > 90:
        return say("access.wait_minutes", lang, minutes=-(-seconds // 60))
    return error.reason.sentence(lang)


def _sign_out(request: Request, form: Mapping[str, str]) -> Response:
    ledger = accounts.of_settings()
    if ledger:
        for token in _tokens(request):
            accounts.sign_out(ledger, token)
    answer = _go("/sign-in?" + urlencode({"lang": _language(request, form), "out": ""}))
    for name in request.cookies:
        if name == COOKIE or name.startswith(PROVIDERS_COOKIE):
            answer.delete_cookie(name, path="/")
    return answer


def _change_person(request: Request, form: Mapping[str, str]) -> Response:
    lang, next_path = _language(request, form), own_path(form.get("next"))
    ledger = accounts.of_settings()
    try:
        for token in _tokens(request) if ledger else ():
            accounts.set_person(ledger, token, form.get("person", ""))  # type: ignore[arg-type]
    except AccessRefused as error:
        return _page(html.message(lang, error.reason.sentence(lang), next_path), 400)
    return _go(next_path)


def _tokens(request: Request) -> list[str]:
    """The sessions that this browser holds."""
    at_provider = told(around.claims(request.cookies))
    return [token for token in (request.cookies.get(COOKIE), at_provider and at_provider.token) if token]


def _refusal(request: Request, action: str, is_alive: bool) -> Response | None:
    lang, wants_page = _language(request), _wants_page(request)
    try:
        signed = signed_of(request, is_alive=is_alive)
    except OtsuMapsError as error:
        return _page(html.message(lang, error.reason.sentence(lang)), 503)
    if signed is None:
        if wants_page and request.method == "GET":
            asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return _go("/sign-in?" + urlencode({"next": own_path(asked)}))
        return JSONResponse({"ok": False}, 401, NO_STORE)
    if not may(signed.role, action):
        if wants_page:
            return _page(html.message(lang, say("reason.access_not_allowed", lang)), 403)
        return JSONResponse({"ok": False}, 403, NO_STORE)
    return None


async def _form(request: Request) -> dict[str, str] | Response:
    """The fields of a posted form, or why it is refused: from another page, too long, no form."""
    if not is_same_origin(request, strict=True):
        return _page(html.message(_language(request), say("reason.access_other_origin", _language(request))), 403)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return Response(status_code=415, headers=NO_STORE)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return Response(status_code=413, headers=NO_STORE)
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return Response(status_code=400, headers=NO_STORE)
    return {name: values[-1] for name, values in fields.items()}


def is_same_origin(connection: HTTPConnection, strict: bool) -> bool:
    """Whether a page of this server sent it. `strict`: a program that says nothing about it is refused too."""
    origin = connection.headers.get("origin")
    if origin is not None:
        return bool(origin) and urlsplit(origin).netloc == connection.headers.get("host")
    site = connection.headers.get("sec-fetch-site")
    return site == "same-origin" if site is not None else not strict


def _language(request: Request, form: Mapping[str, str] | None = None) -> str:
    known = languages()
    asked = (form or {}).get("lang") or request.query_params.get("lang") or ""
    accepted = [part.partition(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").split(",")]
    return next((code for code in (asked, *accepted) if code in known), config.terminal_language())


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


def _desk(connection: HTTPConnection) -> str:
    """What counts as one address for throttling: of IPv6 the network, since one machine has millions of addresses."""
    try:
        address = ip_address(_address(connection))
    except ValueError:
        return _address(connection)
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def _is_here(connection: HTTPConnection) -> bool:
    return is_loopback(_address(connection))


def _is_https(request: Request) -> bool:
    """Also behind a proxy on this machine, which says so."""
    said = request.headers.get("x-forwarded-proto", "") if _is_here(request) else ""
    return request.url.scheme == "https" or said == "https"


def _go(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303, NO_STORE)


def _page(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    return HTMLResponse(text, status, {**NO_STORE, "Content-Security-Policy": OWN_PAGE, **(headers or {})})
