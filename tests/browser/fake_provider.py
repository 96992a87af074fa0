"""An identity provider (OIDC) in a thread: whoever asks is signed in at once under one address."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "otsu-maps"


@dataclass
class Provider:
    """`email` is who signs in next; `claims` what it says besides."""

    issuer: str
    email: str
    claims: dict[str, Any] = field(default_factory=lambda: {"email_verified": True})
    nonce: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))

    def secrets(self, server: str) -> str:
        """The [auth] section of Streamlit's secrets."""
        return (
            f'[auth]\nredirect_uri = "{server}/oauth2callback"\ncookie_secret = "{"s" * 64}"\nclient_id = "{CLIENT}"\n'
            f'client_secret = "c"\nserver_metadata_url = "{self.issuer}/.well-known/openid-configuration"\n'
        )

    def answer(self, path: str, asked: dict[str, str]) -> dict[str, Any]:
        if path.endswith("openid-configuration"):
            paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
            fixed = {
                "issuer": self.issuer,
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
            return fixed | {name: f"{self.issuer}/{path}" for name, path in paths.items()}
        if path == "/jwks":
            return {"keys": [{**self.key.as_dict(private=False), "alg": "RS256", "use": "sig"}]}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.email,
            "email": self.email,
            "iat": now,
            "exp": now + 600,
        }
        token = jwt.encode({"alg": "RS256", "kid": "1"}, {**claims, "nonce": self.nonce, **self.claims}, self.key)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 600, "id_token": token}


@contextmanager
def running_provider(email: str) -> Iterator[Provider]:
    """Start it on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            if url.path == "/authorize":
                provider.nonce = asked.get("nonce", "")
                self.send_response(302)
                self.send_header(
                    "Location", f"{asked['redirect_uri']}?{urlencode({'code': 'c', 'state': asked['state']})}"
                )
                self.end_headers()
                return
            self._json(provider.answer(url.path, asked))

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._json(provider.answer(self.path, {}))

        def _json(self, body: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None: ...

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{httpd.server_port}", email)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        httpd.shutdown()
