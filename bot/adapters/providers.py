"""Google and Microsoft as givers of tokens, through their own libraries; what they refuse is told with its cure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msal
import requests
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import Request
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials
from msal.exceptions import MsalServiceError

from bot.adapters.sign_in import Granted, SignInAway, SignInRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.adapters.sign_in import Provider
    from bot.config import Config
    from bot.config.oauth import OAuth

_GMAIL = "https://mail.google.com/"
_GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
_AUTHORITY = "https://login.microsoftonline.com/"
_AS_APP = ["https://outlook.office365.com/.default"]
_AS_PERSON = ["https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send"]
_PATIENCE_SECONDS = 30.0
_CODE = re.compile(r"AADSTS(\d+)")
_HOUR = 3600.0

_SIGN_IN_AGAIN = "Chạy bot sign-in để đăng nhập lại (Google: tạo lại tệp key_file)."
_NEW_SECRET = "Tạo khóa bí mật mới ở trang quản trị Microsoft Entra, ghi vào [oauth] client_secret_… và expires."  # noqa: S105
_CONSENT = (
    "Quản trị viên của tổ chức cho phép ứng dụng: Google: ủy quyền toàn miền cho phạm vi https://mail.google.com/; "
    "Microsoft: cấp và chấp thuận quyền IMAP, SMTP."
)
_CHECK = "Kiểm tra [oauth]: tenant, client_id, khóa bí mật hoặc key_file, và user."
_EXPIRED = "phiên đăng nhập đã hết hạn hoặc bị thu hồi", _SIGN_IN_AGAIN
_NO_CONSENT = "ứng dụng chưa được cho phép đọc và gửi thư của hộp thư này", _CONSENT
_UNKNOWN_APP = "nhà cung cấp không nhận ứng dụng này hoặc khóa bí mật của nó", _CHECK
_BY_CODE = {
    "7000222": ("khóa bí mật của ứng dụng đã hết hạn", _NEW_SECRET),
    "7000215": ("khóa bí mật của ứng dụng không đúng", _NEW_SECRET),
    "700016": ("không có ứng dụng này trong tổ chức", _CHECK),
    "90002": ("không có tổ chức (tenant) này", _CHECK),
    "65001": _NO_CONSENT,
    "50034": ("không có tài khoản này trong tổ chức", _CHECK),
}
"""Microsoft's numbers, which say more than the word of the standard."""
_BY_WORD = {
    "invalid_grant": _EXPIRED,
    "interaction_required": _EXPIRED,
    "login_required": _EXPIRED,
    "consent_required": _NO_CONSENT,
    "unauthorized_client": _NO_CONSENT,
    "access_denied": _NO_CONSENT,
    "invalid_scope": _NO_CONSENT,
    "invalid_client": _UNKNOWN_APP,
    "authorization_declined": ("người đăng nhập đã từ chối", _SIGN_IN_AGAIN),
    "expired_token": ("mã đăng nhập đã hết hạn trước khi được nhập", _SIGN_IN_AGAIN),
    "code_expired": ("mã đăng nhập đã hết hạn trước khi được nhập", _SIGN_IN_AGAIN),
}
"""Errors of RFC 6749 §5.2, OpenID Connect and RFC 8628 §3.5."""


class Web(requests.Session):
    """The way to the provider: bounded in time, and it notes what the libraries leave out of an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: dict[str, Any] = {}
        """The last JSON object that an endpoint answered with."""

    def request(self, *arguments: Any, **more: Any) -> requests.Response:
        """Ask as the library's own session does; raises as it does."""
        more["timeout"] = min(more.get("timeout") or _PATIENCE_SECONDS, _PATIENCE_SECONDS)
        response = super().request(*arguments, **more)
        try:
            told = response.json()
        except ValueError:
            told = None
        self.noted = told if isinstance(told, dict) else {}
        return response

    def number(self, name: str) -> float | None:
        """Return a number of the last answer, None where it has none of that name."""
        value = self.noted.get(name)
        return float(value) if isinstance(value, (int, float, str)) and str(value).isdigit() else None


def provider_of(config: Config) -> Provider:
    """Return the provider that *config* signs in at."""
    return Google(config.oauth, Web()) if config.provider == "google" else Microsoft(config.oauth, Web())


def tell_refusal(error: str, description: str) -> SignInRefused:
    """Return what the operator is told of an answer with *error* (RFC 6749 §5.2) and *description*."""
    code = _CODE.search(description)
    sentence, cure = _BY_CODE.get(code[1] if code else "") or _BY_WORD.get(error, ("", _CHECK))
    if "JWT" in description:
        # Google says invalid_grant of three things: this one is about the key, or about our clock.
        sentence, cure = "Google không nhận chữ ký của key_file", f"{_CHECK} Kiểm tra đồng hồ của máy."
    elif "Invalid email" in description:
        sentence, cure = "Google không có hộp thư này", _CHECK
    told = f"{error}, {code[0]}" if code else error
    return SignInRefused(f"{sentence or 'nhà cung cấp từ chối đăng nhập'} ({told})", cure)


class Google:
    """Gmail: a service account that speaks for the mailbox, or a person's refresh token; both in one JSON file."""

    name = "google"

    def __init__(self, settings: OAuth, web: Web) -> None:
        self._settings = settings
        self._web = web

    def ask(self, user: str, cache: str) -> Granted:  # noqa: ARG002  the JSON file holds all that lasts
        """Return a new token; raises as :class:`bot.adapters.sign_in.Provider` says."""
        credentials = self._credentials(user)
        try:
            credentials.refresh(Request(self._web))
        except TransportError as problem:
            raise SignInAway("không tới được máy chủ đăng nhập của Google") from problem
        except RefreshError as problem:
            if problem.retryable:
                raise SignInAway("máy chủ đăng nhập của Google đang gặp sự cố") from problem
            told = self._web.noted
            raise tell_refusal(
                str(told.get("error", "unknown")), str(told.get("error_description", ""))
            ) from None  # its text may quote the request
        except GoogleAuthError as problem:
            raise SignInRefused(f"key_file không dùng được ({type(problem).__name__})", _CHECK) from None
        seconds = self._web.number("expires_in") or _HOUR
        return Granted(str(credentials.token), seconds, ends_in=self._web.number("refresh_token_expires_in"))

    def _credentials(self, user: str) -> Any:
        try:
            info = json.loads(self._settings.key())
            kind = info.get("type", "")
            if kind == "service_account":
                return service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
                    info, scopes=[_GMAIL], subject=user
                )
            if kind == "authorized_user":
                return Credentials(  # type: ignore[no-untyped-call]
                    None,
                    refresh_token=info["refresh_token"],
                    token_uri=info.get("token_uri", _GOOGLE_TOKENS),
                    client_id=info["client_id"],
                    client_secret=info["client_secret"],
                )
        except LookupError as problem:
            # A sentence of ours, or the name of what the JSON lacks.
            lacks = isinstance(problem, KeyError)
            sentence = f"key_file thiếu {problem.args[0]}" if lacks else str(problem.args[0])
            raise SignInRefused(sentence, _CHECK) from None
        except (ValueError, AttributeError, GoogleAuthError):
            # The exception may hold what it choked on, which is the key.
            raise SignInRefused("key_file không phải tệp JSON mà Google cấp", _CHECK) from None
        raise SignInRefused("key_file phải có type là service_account hoặc authorized_user", _CHECK)


class Microsoft:
    """Microsoft 365: the program as itself with a client secret, or a person who has signed in once by a code."""

    name = "microsoft"

    def __init__(self, settings: OAuth, web: Web) -> None:
        self._settings = settings
        self._web = web

    def ask(self, user: str, cache: str) -> Granted:  # noqa: ARG002  who signed in is in the cache
        """Return a new token; raises as :class:`bot.adapters.sign_in.Provider` says."""
        if self._settings.is_app:
            return self._granted(lambda kept: self._app(kept).acquire_token_for_client(_AS_APP), "")
        return self._granted(self._renew, cache)

    def sign_in(self, show: Callable[[str, str], None]) -> Granted:
        """Let a person sign in with a browser anywhere, which may take minutes; *show* is given the place and the code.

        Raises as :meth:`ask` does.
        """

        def begin(kept: msal.SerializableTokenCache) -> Mapping[str, Any]:
            app = self._app(kept)
            flow = app.initiate_device_flow(_AS_PERSON)
            if "user_code" not in flow:
                return dict(flow)
            show(flow["verification_uri"], flow["user_code"])
            return dict(app.acquire_token_by_device_flow(flow))

        return self._granted(begin, "")

    def _renew(self, kept: msal.SerializableTokenCache) -> Mapping[str, Any]:
        app = self._app(kept)
        accounts = app.get_accounts()
        if not accounts:
            raise SignInRefused("chưa có ai đăng nhập cho bot", "Chạy bot sign-in một lần.")
        return app.acquire_token_silent_with_error(_AS_PERSON, accounts[0], force_refresh=True) or {}

    def _app(self, kept: msal.SerializableTokenCache) -> Any:
        settings = self._settings
        try:
            secret = settings.client_secret()
        except LookupError as problem:
            raise SignInRefused(str(problem.args[0]), _CHECK) from None
        more = {"client_credential": secret} if secret else {}
        kind = msal.ConfidentialClientApplication if secret else msal.PublicClientApplication
        return kind(
            settings.client_id,
            authority=f"{_AUTHORITY}{settings.tenant}",
            token_cache=kept,
            http_client=self._web,
            instance_discovery=False,
            **more,
        )

    def _granted(self, ask: Callable[[msal.SerializableTokenCache], Mapping[str, Any]], cache: str) -> Granted:
        kept = msal.SerializableTokenCache()
        try:
            if cache:
                kept.deserialize(cache)
            result = ask(kept)
        except requests.RequestException as problem:
            raise SignInAway("không tới được máy chủ đăng nhập của Microsoft") from problem
        except MsalServiceError as problem:  # an answer of 5xx
            raise SignInAway("máy chủ đăng nhập của Microsoft đang gặp sự cố") from problem
        except ValueError:
            raise SignInRefused("không có tổ chức (tenant) này, hoặc [oauth] tenant ghi chưa đúng", _CHECK) from None
        if "access_token" not in result:
            raise tell_refusal(str(result.get("error", "unknown")), str(result.get("error_description", "")))
        keeps = "" if self._settings.is_app else kept.serialize()
        ends_in = self._web.number("refresh_token_expires_in")
        return Granted(result["access_token"], float(result.get("expires_in", _HOUR)), keeps, ends_in)
