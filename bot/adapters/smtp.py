"""The door to the mail server that takes our mail: one connection for many mails, every result a value (RFC 5321).

The text of a mail is handed over by hand instead of by ``smtplib.SMTP.sendmail``, because only so it is known whether
a lost connection fell before the final dot (nobody has the mail) or after it (both may have it, RFC 1047).
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import time
from typing import TYPE_CHECKING, Self

from bot.adapters.delivery import (
    Accepted,
    Deferred,
    Delivery,
    Refused,
    RefusedRecipient,
    Unsure,
    judge,
    judge_refused,
    judge_sender,
    one_reply,
)
from bot.adapters.envelope import dotted, on_the_wire, routes_to
from bot.adapters.smtp_login import NoService, as_bytes, log_in, name_of, no_service
from bot.config import LOOPBACK
from bot.language import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.adapters.sign_in import SignIn
    from bot.config import Smtp

CHECK_AFTER = 20.0
"""Seconds of silence after which the connection is asked (NOOP) before it is used again."""
CLOSE_AFTER = 180.0
"""Seconds of silence after which the connection is given back: servers drop idle clients after four to ten minutes."""
FINAL_ANSWER = 600.0
"""Seconds to wait for the answer to the final dot (RFC 5321 §4.5.3.2.6): leaving earlier makes second copies."""
_QUIT_WITHIN = 5.0


class Postman:
    """One connection to the server of *settings*, kept for many mails; to be used by one thread.

    The secret is fetched at each login and kept nowhere.
    """

    def __init__(
        self,
        settings: Smtp,
        sign_in: SignIn | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        final_answer: float = FINAL_ANSWER,
    ) -> None:
        if settings.security == "none" and settings.host not in LOOPBACK:
            raise ValueError(f"mail would travel in clear to {settings.host}")
        if settings.sign_in != "password" and sign_in is None:
            raise ValueError(f"nobody gives tokens for {settings.sign_in}")
        self._settings = settings
        self._sign_in = sign_in
        self._monotonic = monotonic
        self._final_answer = max(final_answer, settings.timeout_seconds)
        self._client: smtplib.SMTP | None = None
        self._last_used = 0.0
        self._mails = 0
        self.resume_at: datetime | None = None
        """When the server may be asked again; noted here by the runner, because it outlasts a round."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "connected" if self._client else "closed"
        return f"<Postman {self._settings.host}:{self._settings.port} {self._settings.security} {state}>"

    def deliver(
        self,
        mail_from: str,
        to: Sequence[str],
        raw: bytes,
        *,
        partly: bool = False,
        begin: Callable[[], bool] = lambda: True,
    ) -> Delivery:
        """Hand one mail to the server and say what became of it; never raises for anything the server or the net does.

        Args:
            mail_from: the envelope sender; empty is the null path ``<>``.
            to: the envelope recipients.
            raw: the mail as bytes; lone line feeds become CR LF (RFC 5321 §2.3.8).
            partly: what to do when some recipients are put off (4xx) and others are taken. False: nobody gets it now,
                so that a later try gives nobody a second copy. True: those put off are left out and told as refused.
            begin: called when the envelope is taken and before DATA is said; where it returns False, nobody gets it.
        """
        while True:
            try:
                client = self._usable()
            except NoService as problem:
                return problem.deferred
            worn = self._mails > 0
            delivery = self._try(client, mail_from, to, raw, partly, begin)
            self._last_used = self._monotonic()
            if not (isinstance(delivery, Deferred) and delivery.whole_server):
                return delivery
            self._drop()
            # Servers end a connection after some hundred mails, or when a login grows old: only what also
            # happens on a fresh connection is a failure of the server.
            if not worn:
                return delivery

    def try_login(self) -> Deferred | None:
        """Connect and log in as for a mail; return what is wrong, or None."""
        try:
            self._usable()
        except NoService as problem:
            return problem.deferred
        return None

    def close_if_idle(self) -> bool:
        """Close the connection when it was silent for some minutes; return True when it was closed."""
        if self._client is None or self._monotonic() - self._last_used < CLOSE_AFTER:
            return False
        self.close()
        return True

    def close(self) -> None:
        """Say goodbye and close; a server that is gone already does not matter."""
        if self._client is not None and self._client.sock is not None:
            with contextlib.suppress(OSError):  # all mails have had their answer: nothing can be lost by a bad goodbye
                self._client.sock.settimeout(_QUIT_WITHIN)
                self._client.quit()
        self._drop()

    # -- the connection ----------------------------------------------------------------------------------------

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None

    def _usable(self) -> smtplib.SMTP:
        """Return the kept connection, or a new one; raises NoService where there can be none."""
        if self._client is not None:
            if self._monotonic() - self._last_used <= CHECK_AFTER or _alive(self._client):
                return self._client
            self._drop()
        try:
            self._client = self._connect()
        except (OSError, UnicodeError) as problem:  # smtplib's own exceptions are OSErrors; a host name may be no name
            raise NoService(self._no_connection(problem)) from None
        self._mails = 0
        self._last_used = self._monotonic()
        return self._client

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        # A name for EHLO is set below; smtplib would ask the name server for one, which may take long.
        if settings.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, "localhost", timeout=settings.timeout_seconds, context=self._tls()
            )
        else:
            client = smtplib.SMTP(settings.host, settings.port, "localhost", timeout=settings.timeout_seconds)
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(client.close)
            _tune(client)
            client.ehlo_or_helo_if_needed()
            if settings.security == "starttls":
                self._start_tls(client)
            if settings.user:
                log_in(client, settings, self._sign_in)
            on_failure.pop_all()
        return client

    def _tls(self) -> ssl.SSLContext:
        """Return a context that checks the certificate and the host name."""
        context = ssl.create_default_context()
        if self._settings.ca_file is not None:
            try:
                context.load_verify_locations(self._settings.ca_file)
            except OSError as problem:
                raise no_service(0, f"không dùng được tệp ca_file {self._settings.ca_file}: {problem}") from None
        return context

    def _start_tls(self, client: smtplib.SMTP) -> None:
        if not client.has_extn("starttls"):
            raise no_service(
                0, f"{self._server} không cho mã hóa bằng STARTTLS; thư không được gửi ở dạng không mã hóa"
            )
        client.starttls(context=self._tls())
        client.ehlo_or_helo_if_needed()

    @property
    def _server(self) -> str:
        return name_of(self._settings)

    def _no_connection(self, problem: OSError | UnicodeError) -> Deferred:
        """Say in one sentence why there is no connection."""
        code, why = 0, getattr(problem, "strerror", None) or str(problem)
        if isinstance(problem, smtplib.SMTPResponseException):
            code, why = problem.smtp_code, one_reply(as_bytes(problem.smtp_error))
        elif _timed_out(problem):
            why = f"không trả lời trong {self._settings.timeout_seconds:g} giây"
        elif isinstance(problem, ssl.SSLCertVerificationError):
            why = f"chứng thư không được chấp nhận: {problem.verify_message}"
        elif isinstance(problem, ssl.SSLError):
            why = f"không lập được kết nối TLS: {problem.reason or problem}"
        return Deferred(code, one_line(f"{self._server}: {why}", 300), whole_server=True, tried=False)

    # -- one mail ----------------------------------------------------------------------------------------------

    def _try(
        self,
        client: smtplib.SMTP,
        mail_from: str,
        to: Sequence[str],
        raw: bytes,
        partly: bool,
        begin: Callable[[], bool],
    ) -> Delivery:
        try:
            refused, ready = self._envelope(client, mail_from, to, raw, partly)
            if ready is not None:
                return ready
        except OSError as problem:
            return self._lost(problem, whole_server=True)
        if not begin():
            return self._reset_after(Deferred(0, "thư không còn chờ gửi"))
        try:
            code, reply = client.docmd("DATA")
            if code != 354:
                return self._reset_after(judge(code, one_reply(reply)))
        except OSError as problem:
            return self._lost(problem, whole_server=True)
        return self._text_of_mail(client, raw, refused)

    def _envelope(
        self, client: smtplib.SMTP, mail_from: str, to: Sequence[str], raw: bytes, partly: bool
    ) -> tuple[tuple[RefusedRecipient, ...], Delivery | None]:
        """Offer sender and recipients; return the recipients left out, and a result when it ended here."""
        routes, refused = routes_to(to, utf8=client.has_extn("smtputf8"))
        sender = on_the_wire(mail_from)
        if not routes:
            return (), judge_refused(refused)
        wide = not all(one.isascii() for one in (sender, *routes.values()))
        if wide and not client.has_extn("smtputf8"):
            return (), Refused(0, f"{self._server} không nhận địa chỉ gửi có chữ ngoài ASCII (SMTPUTF8)")
        code, reply = client.mail(sender, _options(client, raw, wide))
        if code != 250:
            # With SMTPUTF8 asked for, a refusal may be about this mail's addresses and no longer only about us.
            judged = judge if wide else judge_sender
            return (), self._reset_after(judged(code, one_reply(reply)))
        taken = 0
        for address, route in routes.items():
            code, reply = client.rcpt(route)
            if code == 421:
                return (), judge(code, one_reply(reply))
            if code in (250, 251):
                taken += 1
            else:
                refused.append(RefusedRecipient(address, code, one_reply(reply)))
        verdict = judge_refused(refused) if refused else None
        put_off = isinstance(verdict, Deferred) and (verdict.whole_server or not partly)
        if verdict is not None and (put_off or not taken):
            return (), self._reset_after(verdict)
        return tuple(refused), None

    def _text_of_mail(self, client: smtplib.SMTP, raw: bytes, refused: tuple[RefusedRecipient, ...]) -> Delivery:
        """Hand over the text and the final dot, and wait for the answer that counts."""
        try:
            # It fails only when the kernel did not take all of it, the final dot being the last: nobody has the mail.
            client.send(dotted(raw))
        except OSError as problem:
            # It may be this very text that the other side hangs up on: the next mail deserves its own try.
            return self._lost(problem, whole_server=_timed_out(problem))
        try:
            _line(client).settimeout(self._final_answer)
            code, reply = client.getreply()
            _line(client).settimeout(self._settings.timeout_seconds)
        except OSError as problem:
            self._drop()
            return Unsure(f"{self._told_lost(problem)} sau khi nhận hết thư; không rõ thư đã được nhận hay chưa")
        if code < 0:
            self._drop()
            return Unsure(f"{self._server} trả lời không đúng giao thức; không rõ thư đã được nhận hay chưa")
        self._mails += 1
        if code // 100 == 2:
            return Accepted(one_reply(reply), refused)
        return self._reset_after(judge(code, one_reply(reply)))

    def _reset_after(self, delivery: Delivery) -> Delivery:
        """Make the connection fit for the next mail after *delivery* ended in the middle, and return it."""
        if self._client is not None and not (isinstance(delivery, Deferred) and delivery.whole_server):
            try:
                code, _ = self._client.rset()
            except OSError:
                code = 0
            if code != 250:
                self._drop()
        return delivery

    def _lost(self, problem: OSError, *, whole_server: bool) -> Deferred:
        self._drop()
        return Deferred(0, self._told_lost(problem), whole_server)

    def _told_lost(self, problem: OSError) -> str:
        if _timed_out(problem):
            return f"{self._server} không trả lời"
        return f"{self._server} ngắt kết nối"


def _timed_out(problem: Exception) -> bool:
    """Tell whether it was a silence; smtplib hides the time-out behind an exception of its own."""
    return isinstance(problem, TimeoutError) or isinstance(problem.__context__, TimeoutError)


def _tune(client: smtplib.SMTP) -> None:
    """Send small packets at once (TLS stalls otherwise), notice dead lines, and give an address as our EHLO name."""
    sock = _line(client)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    here = sock.getsockname()[0]
    client.local_hostname = f"[IPv6:{here}]" if ":" in here else f"[{here}]"


def _line(client: smtplib.SMTP) -> socket.socket:
    if client.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is closed")
    return client.sock


def _alive(client: smtplib.SMTP) -> bool:
    try:
        return client.noop()[0] == 250
    except OSError:
        return False


def _options(client: smtplib.SMTP, raw: bytes, wide: bool) -> list[str]:
    options = [f"SIZE={len(raw)}"] if client.has_extn("size") else []
    if (wide or not raw.isascii()) and client.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    if wide:
        options.append("SMTPUTF8")
    return options
