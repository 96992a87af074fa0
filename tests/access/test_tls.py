"""The commands of docs/tls.md and docs/nginx-staff.conf as they stand: a CA, a certificate, the app behind nginx."""

from __future__ import annotations

import base64
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from staff_server import PASSWORD, StaffServer, free_port

DOCS = Path(__file__).parents[2] / "docs"
NAME = "maps.city.example.jp"


@dataclass
class Proxy:
    """nginx in a folder of its own."""

    folder: Path
    http: int
    https: int

    def answers(self, request: str, name: str = NAME, ca: bool = True) -> str:
        """What comes back for a request over TLS, checked against the city's CA alone."""
        context = ssl.create_default_context(cafile=str(self.folder / "ca.crt") if ca else None)
        with (
            socket.create_connection(("127.0.0.1", self.https), 20) as plain,
            context.wrap_socket(plain, server_hostname=name) as wrapped,
        ):
            wrapped.sendall(request.encode())
            found = b""
            while part := wrapped.recv(65536):
                found += part
                head, _, body = found.partition(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head, re.I)
                if found.startswith(b"HTTP/1.1 101") or (length and len(body) >= int(length[1])):
                    break
            return found.decode("utf-8", "replace")

    def get(self, path: str, *more: str) -> str:
        lines = (f"GET {path} HTTP/1.1", f"Host: {NAME}", *more)
        return self.answers("\r\n".join([*lines, "", ""]))


@pytest.fixture(scope="module")
def proxy(staff: StaffServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not nginx:
        pytest.fail("The test of TLS needs nginx and openssl: apt-get install nginx-light openssl")
    folder = tmp_path_factory.mktemp("tls")
    (commands,) = re.findall(r"```sh\n(.*?)```", (DOCS / "tls.md").read_text("utf-8"), re.S)
    subprocess.run(["bash", "-euc", commands], cwd=folder, check=True, capture_output=True)
    found = Proxy(folder, free_port(), free_port())
    conf = (DOCS / "nginx-staff.conf").read_text("utf-8")
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{found.http};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{found.https} ssl"),
        ("/etc/otsu_maps/tls/", f"{folder}/"),
        ("/var/log/nginx/", f"{folder}/"),
        ("127.0.0.1:8501", f"127.0.0.1:{staff.port}"),
    ):
        assert old in conf
        conf = conf.replace(old, new)
    places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{place}_temp_path {folder}/{place};" for place in places)
    whole = f"pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {temporary}\n{conf} }}\n"
    (folder / "nginx.conf").write_text(whole, "utf-8")
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", found.https)) == 0:
                    break
            time.sleep(0.05)
        yield found
    finally:
        process.terminate()
        process.wait(10)


def test_the_form_comes_over_tls_with_the_headers_of_both(proxy: Proxy) -> None:
    answer = proxy.get("/sign-in")
    assert answer.startswith("HTTP/1.1 200")
    head = answer.partition("\r\n\r\n")[0].lower()
    assert "strict-transport-security: max-age=31536000" in head
    assert "frame-ancestors 'none'" in head
    assert f"wss://{NAME}" in proxy.get("/")


def test_who_does_not_trust_the_citys_ca_sees_a_warning(proxy: Proxy) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        proxy.answers("GET / HTTP/1.0\r\n\r\n", ca=False)


def test_the_ca_cannot_sign_for_another_domain(proxy: Proxy) -> None:
    commands = f"""
        cd {proxy.folder} && mkdir -p evil && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
            -keyout evil/key -out evil/csr -subj /CN=bank.example.com
        printf 'subjectAltName=DNS:bank.example.com' > evil/ext
        openssl x509 -req -in evil/csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile evil/ext -out evil/crt
        openssl verify -CAfile ca.crt evil/crt
    """
    found = subprocess.run(["bash", "-uc", commands], capture_output=True, text=True, check=False)
    assert found.returncode != 0
    assert "permitted subtree violation" in found.stderr + found.stdout


def test_a_certificate_is_young_enough_for_tablets_and_its_key_is_closed(proxy: Proxy) -> None:
    about = ["openssl", "x509", "-in", "server.crt", "-noout", "-checkend", str(398 * 86400)]
    assert (
        subprocess.run(about, cwd=proxy.folder, capture_output=True, check=False).returncode == 1
    )  # it will have ended
    for key in ("ca.key", "server.key"):
        assert (proxy.folder / key).stat().st_mode & 0o077 == 0


def test_a_sign_in_through_the_proxy_sets_a_cookie_that_is_only_sent_encrypted(proxy: Proxy) -> None:
    body = f"name=viewer&password={PASSWORD.replace(' ', '+')}&next=/hazards"
    lines = (
        "POST /sign-in HTTP/1.1",
        f"Host: {NAME}",
        f"Origin: https://{NAME}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    )
    answer = proxy.answers("\r\n".join([*lines, "", body]))
    assert answer.startswith("HTTP/1.1 303")
    (cookie,) = re.findall(r"set-cookie: (.*)\r\n", answer, re.I)
    assert {"HttpOnly", "Secure", "SameSite=strict"} <= {part.strip() for part in cookie.split(";")}


def test_pages_get_their_websocket_through_the_proxy(proxy: Proxy) -> None:
    key = base64.b64encode(b"0123456789abcdef").decode()
    more = ("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13")
    assert proxy.get("/_stcore/stream", f"Origin: https://{NAME}", *more).startswith("HTTP/1.1 101")


def test_without_tls_there_is_only_the_way_to_tls(proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.http), 20) as plain:
        plain.sendall(f"GET /hazards HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        answer = plain.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 301")
    assert f"Location: https://{NAME}/hazards" in answer


def test_a_client_cannot_make_itself_another_address(proxy: Proxy, staff: StaffServer) -> None:
    """The proxy replaces what a client says of itself: the health details stay for this machine, as which it came."""
    answer = proxy.get("/healthz", "X-Forwarded-For: 192.0.2.50", "Connection: close")
    assert '"snapshot_id"' in answer
    assert '"snapshot_id"' not in staff.ask("GET", "/healthz", headers={"X-Forwarded-For": "192.0.2.50"}).text


def test_the_proxys_log_has_paths_but_no_queries(proxy: Proxy) -> None:
    proxy.get("/hazards?q=what-i-looked-for", "Connection: close", "Cookie: otsu_session=secret-token")
    time.sleep(0.3)
    log = (proxy.folder / "otsu_maps.log").read_text("utf-8")
    assert "GET /hazards" in log
    everything = "".join(path.read_text("utf-8") for path in proxy.folder.glob("*.log"))
    assert "what-i-looked-for" not in everything and "secret-token" not in everything
