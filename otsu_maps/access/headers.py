"""Security headers on every answer, as plain ASGI."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OFF = (
    "accelerometer",
    "autoplay",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
"""What no page may ask of a browser. The camera reads codes at a reception desk."""

FIXED = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(["camera=(self)", *(f"{name}=()" for name in OFF)]).encode()),
)

OWN_PAGE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
"""The policy of the small pages of routes.py: no script at all."""

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


def script_hashes(page: str) -> tuple[str, ...]:
    """The inline scripts of an HTML page as sources of a policy, so that no other inline script ever runs."""
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page, re.S | re.I)
    return tuple(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts)


def policy(host: str, scripts: Sequence[str] = ()) -> str:
    """The Content-Security-Policy of the pages: everything from this server, nothing from anywhere else.

    Maps need blob workers, data images and compiled WebAssembly; Streamlit writes styles in line. Older Safari does not
    take 'self' for websockets, so the host is named.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "'wasm-unsafe-eval'", "blob:", *scripts]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": f"'self'{sockets} data: blob:",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


class SecurityHeaders:
    """Adds the headers to what the app inside answers; what a route says itself stays."""

    def __init__(self, app: App, scripts: Sequence[str] = ()) -> None:
        self.app, self.scripts = app, tuple(scripts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                held = list(message.get("headers", []))
                said = {name.lower() for name, _ in held}
                wanted = (*FIXED, (b"content-security-policy", policy(host, self.scripts).encode()))
                message["headers"] = held + [pair for pair in wanted if pair[0] not in said]
            await send(message)

        await self.app(scope, receive, answer)
