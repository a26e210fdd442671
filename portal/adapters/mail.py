"""Mail: one connection to an SMTP server, and letters handed over to it. Knows no database."""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 20.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Server:
    """A mail server, the address that the portal writes from, and how long each answer is waited for, in seconds."""

    host: str
    port: int
    sender: str
    encrypted: bool
    user: str | None = None
    password: str | None = None
    timeout: float = TIMEOUT_SECONDS


@dataclass(frozen=True)
class Mail:
    """One mail in plain text. `id` stays the same when it is sent again; `wishes` is the page on which its reader says
    how much mail to get.
    """

    id: str
    to: str
    name: str
    subject: str
    body: str
    language: str
    wishes: str
    written_at: dt.datetime


class NotSent(Exception):
    """A mail was not taken over. `refused` says that the server refused this mail for good; `lost` says that the
    connection is of no more use.
    """

    def __init__(self, fault: str, *, refused: bool = False, lost: bool = False) -> None:
        super().__init__(fault)
        self.refused, self.lost = refused, lost


def server_of(url: str) -> Server:
    """The server that an address such as `smtps://user:password@mail.example.org:465?from=portal@example.org` names,
    with `&timeout=20` where another time is wanted; ValueError says what is wrong with it.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("it must begin with smtp:// or smtps:// and name a host")
    told = parse_qs(parts.query)
    sender = told.get("from", [""])[0]
    if sender.count("@") != 1 or not sender.isprintable() or any(sign in sender for sign in " ,<>"):
        raise ValueError("it must end with ?from= and the address that the portal writes from")
    encrypted = parts.scheme == "smtps"
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    port = parts.port or (465 if encrypted else 587)
    timeout = float(told.get("timeout", [TIMEOUT_SECONDS])[0])
    return Server(parts.hostname, port, sender, encrypted, user, password, timeout)


def message(mail: Mail, sender: str) -> EmailMessage:
    """The mail as it is sent. What comes from accounts is put into one line, so that it can begin no header of its
    own; ValueError, IndexError or MessageError when the address is none.
    """
    made = EmailMessage(policy=POLICY)
    made["From"] = Address("New Urban Agenda reporting", addr_spec=sender)
    made["To"] = Address(one_line(mail.name), addr_spec=mail.to)
    made["Subject"] = one_line(mail.subject)
    made["Date"] = mail.written_at
    made["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made["List-Unsubscribe"] = f"<{mail.wishes}>"
    made.set_content(mail.body, charset="utf-8", cte="base64")
    made["Content-Language"] = mail.language
    return made


def one_line(text: str) -> str:
    """A text without line breaks and other signs that do not print."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


class Line:
    """A connection to the server, opened with the first mail and used for all that follow."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def send(self, mail: Mail) -> None:
        """Hands a mail over; returns once the server has answered for it, else raises NotSent."""
        try:
            made = message(mail, self._server.sender)
        except (ValueError, IndexError, MessageError) as fault:
            raise NotSent(f"The address of the receiver cannot be written: {fault}", refused=True) from None
        try:
            self._smtp = self._smtp or self._connect()
            self._smtp.send_message(made, self._server.sender, [mail.to])
        except smtplib.SMTPRecipientsRefused as fault:
            code, words = fault.recipients[mail.to]
            raise NotSent(f"The mail server refused the receiver: {_said(code, words)}", refused=code >= 500) from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as fault:
            said = _said(fault.smtp_code, fault.smtp_error)
            raise NotSent(f"The mail server refused the mail: {said}", refused=fault.smtp_code >= 500) from None
        except smtplib.SMTPNotSupportedError as fault:
            raise NotSent(f"The mail server cannot take this mail: {_told(fault)}", refused=True) from None
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            raise NotSent(f"The mail server cannot be reached: {_told(fault)}", lost=True) from None

    def close(self) -> None:
        """Ends the connection; a server that is gone already needs no farewell."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _connect(self) -> smtplib.SMTP:
        of, context = self._server, ssl.create_default_context()
        if of.encrypted:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(of.host, of.port, timeout=of.timeout, context=context)
        else:
            smtp = smtplib.SMTP(of.host, of.port, timeout=of.timeout)
        try:
            smtp.ehlo()
            if not of.encrypted and smtp.has_extn("starttls"):
                smtp.starttls(context=context)
                smtp.ehlo()
            elif not of.encrypted and of.user and of.host not in LOOPBACK:
                raise smtplib.SMTPException("it offers no encryption, and the password is not sent without")
            if of.user:
                smtp.login(of.user, of.password or "")
        except BaseException:
            smtp.close()
            raise
        return smtp


@contextmanager
def line(server: Server) -> Iterator[Line]:
    """One connection for one run."""
    opened = Line(server)
    try:
        yield opened
    finally:
        opened.close()


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return one_line(f"{code} {text}")[:300]


def _told(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return _said(fault.smtp_code, fault.smtp_error)
    return one_line(str(fault) or type(fault).__name__)[:300]
