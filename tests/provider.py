"""Google and Microsoft played on loopback: one endpoint that gives tokens by a script, and knows its own again."""

from __future__ import annotations

import json
import threading
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from requests.adapters import HTTPAdapter

from bot.adapters import providers

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

MICROSOFT = "https://login.microsoftonline.com/"
PLACES = (MICROSOFT, "https://oauth2.googleapis.com/")


class TokenServer:
    """Answers each request for a token with the next of :attr:`script`, and with a new token when that has run out."""

    def __init__(self) -> None:
        self.script: deque[tuple[int, dict[str, Any]]] = deque()
        self.asked: list[dict[str, str]] = []
        """The form of each request for a token."""
        self.good: dict[str, str] = {}
        """The tokens that mail servers are told to take, each with its mailbox."""
        self.user = ""
        """Whose the tokens are."""
        self.more: dict[str, Any] = {}
        """What each answer holds beside the token."""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path.endswith("openid-configuration"):
            tenant = path.split("/")[1]
            if tenant == "nobody.example":
                return 400, {"error": "invalid_tenant"}
            ends = {"authorization": "authorize", "token": "token", "device_authorization": "devicecode"}
            found = {f"{name}_endpoint": f"{MICROSOFT}{tenant}/oauth2/v2.0/{end}" for name, end in ends.items()}
            return 200, {**found, "issuer": f"{MICROSOFT}{tenant}/v2.0"}
        if path == "/introspect":
            return 200, {"active": form["token"] in self.good, "username": self.good.get(form["token"], "")}
        if path.endswith("devicecode"):
            code = {"device_code": "d-1", "user_code": "ABCD-EFGH", "verification_uri": "https://ms.example/device"}
            return 200, {**code, "interval": 0, "expires_in": 900}
        self.asked.append(form)
        return self.script.popleft() if self.script else (200, self.grant())

    def grant(self) -> dict[str, Any]:
        token = f"token-{len(self.asked)}-{'x' * 40}"
        self.good[token] = self.user
        return {"access_token": token, "expires_in": 3600, "token_type": "Bearer", **self.more}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer({name: values[0] for name, values in parse_qs(body).items()})

            def _answer(self, form: dict[str, str]) -> None:
                status, told = server.answer(urlsplit(self.path).path, form)
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class _Detour(HTTPAdapter):
    """Brings what is meant for a provider to loopback."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: Any, *arguments: Any, **more: Any) -> Any:
        parts = urlsplit(request.url)
        request.url = self._url + parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
        return super().send(request, *arguments, **more)


@contextmanager
def token_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenServer]:
    """Let the program find, wherever it looks for a provider, one on loopback."""
    with TokenServer() as server:

        class Web(providers.Web):
            def __init__(self) -> None:
                super().__init__()
                for place in PLACES:
                    self.mount(place, _Detour(server.url))

        monkeypatch.setattr(providers, "Web", Web)
        yield server
