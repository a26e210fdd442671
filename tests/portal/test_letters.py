"""Mail: received by a real SMTP server, once each, in its reader's language; kept and tried again when it is not."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import email
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session as Database

from portal import worker
from portal.adapters.mail import Mail, NotSent, line, message, server_of
from portal.db import db
from portal.http import mailing
from portal.http.context import EXTENSION
from portal.models.accounts import User
from portal.models.events import Notice
from portal.models.outbox import Letter
from portal.services import letters, notices
from portal.services.steps import Order
from tests.factories import World, address

FOCAL, CERTIFIER = address("focal_point", "KAZ"), address("certifier", "KAZ")


@dataclass
class Postbox:
    """What a mail server received: receiver and mail. `answer` is what it says to a receiver or to a mail."""

    received: list[tuple[str, EmailMessage]] = field(default_factory=list)
    to_receiver: str = "250 OK"
    to_mail: str = "250 OK"
    drops: bool = False

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _options: Any) -> str:
        if self.to_receiver.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.to_receiver

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.drops:
            server.transport.abort()
        elif self.to_mail.startswith("250"):
            made = cast("EmailMessage", email.message_from_bytes(cast("bytes", envelope.content), policy=default))
            self.received.append((envelope.rcpt_tos[0], made))
        return self.to_mail

    @property
    def receivers(self) -> list[str]:
        return sorted(to for to, _mail in self.received)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def mail_through(app: Flask, port: int, timeout: float = 5) -> None:
    """Sets the mail server of this portal, and the address that the portal is known by."""
    outside = app.extensions[EXTENSION]
    url = f"smtp://127.0.0.1:{port}?from=portal@example.org&timeout={timeout}"
    told = {"mail_url": url, "base_url": "https://reports.example.org"}
    outside.settings = dataclasses.replace(outside.settings, **told)


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    """A mail server that runs, and to which the portal sends."""
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    mail_through(app, port)
    yield box
    controller.stop()


def wish(world: World, manner: str, *roles: str, entity: str | None = "KAZ") -> None:
    for role in roles:
        letters.wish(world.acting(role, entity), manner)
        world.done()


def run(world: World, minutes: int = 0) -> tuple[int, int]:
    """One run of the outbox, so many minutes after the moment of the world."""
    db.session.rollback()
    return mailing.run(lambda: world.at + dt.timedelta(minutes=minutes))


def outbox(session: Database) -> list[Letter]:
    session.rollback()
    return list(session.scalars(select(Letter).order_by(Letter.written_at, Letter.id)))


def clarified(world: World) -> Any:
    """A report of which clarification is asked, with a reason: both leaders of the state are told."""
    report = world.report(state="in_review")
    world.act(None).session.execute(update(Notice).values(read_at=world.at))
    world.done()
    world.step(report, "clarify", Order(reason="SECRET words of a reason"))
    return report


def test_who_wants_mail_at_once_gets_it_and_the_others_do_not(world: World, postbox: Postbox) -> None:
    wish(world, "each", "focal_point")
    wish(world, "none", "certifier")
    clarified(world)
    assert run(world)[1] == 0
    about = [mail for to, mail in postbox.received if "larification" in mail.get_content()]
    assert [mail["To"].addresses[0].addr_spec for mail in about] == [FOCAL]
    assert CERTIFIER not in postbox.receivers
    assert run(world) == (0, 0)


def test_the_letter_is_laid_in_the_transaction_of_its_notice(world: World, session: Database) -> None:
    wish(world, "each", "focal_point")
    wish(world, "digest", "certifier")
    everybody = [world.person(role, "KAZ").id for role in ("focal_point", "certifier", "contributor")]
    act = world.act(None)
    act.notify("report.decline", everybody, {})
    assert session.execute(select(Letter.kind, Letter.user_id)).all() == [("each", everybody[0])]
    session.rollback()
    assert outbox(session) == []


def test_a_digest_gathers_what_is_unread_once_a_day(world: World, session: Database, postbox: Postbox) -> None:
    focal = world.person("focal_point", "KAZ").id
    for hour in (1, 2):
        act = world.act(None, world.at - dt.timedelta(hours=hour))
        act.notify("report.decline", [focal], {})
        world.done()
    act = world.act(None, world.at - dt.timedelta(hours=3))
    act.notify("report.reopen", [focal], {})
    act.session.execute(update(Notice).where(Notice.kind == "report.reopen").values(read_at=world.at))
    world.done()
    assert run(world) == (1, 0)
    assert [(to, mail["Subject"]) for to, mail in postbox.received] == [(FOCAL, "2 notices in the portal")]
    assert postbox.received[0][1].get_content().count("The certifier declined") == 2
    world.act(None).notify("report.decline", [focal], {})
    world.done()
    assert run(world) == (0, 0)
    assert letters.gather(world.act(None, world.at + dt.timedelta(hours=26))) == 1
    world.done()
    assert len(outbox(session)[-1].notices) == 1


def test_a_mail_says_what_its_sentence_names(world: World, postbox: Postbox) -> None:
    wish(world, "each", "focal_point")
    focal = world.person("focal_point", "KAZ").id
    told = {"commitment": "1.3", "due": "2025-07-31", "title": "Rents in five cities", "reason": "SECRET"}
    for kind in ("request.week", "contribution.returned"):
        world.act(None).notify(kind, [focal], told)
        world.done()
    run(world)
    assert sorted(mail["Subject"].strip() for _to, mail in postbox.received[-2:]) == [
        "The reporting team hopes for evidence on commitment 1.3 by 31 July 2025.",
        "Your contribution “Rents in five cities” was returned; please read the reason and send it anew.",
    ]


def test_no_words_of_a_reason_or_a_comment_are_mailed(world: World, postbox: Postbox) -> None:
    wish(world, "each", "focal_point")
    clarified(world)
    focal = world.person("focal_point", "KAZ").id
    told = {"section": "F.2", "words": "SECRET comment", "reason": "SECRET", "name": "SECRET", "comment": "x"}
    for kind in ("comment.write", "handout.return", "draft.restore"):
        world.act(None).notify(kind, [focal], told)
        world.done()
    run(world)
    assert len(postbox.received) >= 4
    assert [
        mail.as_string() for _to, mail in postbox.received if "SECRET" in mail.get_content() + mail["Subject"]
    ] == []


def test_the_links_are_those_of_the_setting_and_lead_to_the_log_in(world: World, postbox: Postbox) -> None:
    wish(world, "each", "focal_point")
    clarified(world)
    run(world)
    mail = postbox.received[0][1]
    lines = [one for one in mail.get_content().splitlines() if "://" in one]
    assert lines == ["https://reports.example.org/inbox", "https://reports.example.org/inbox/wishes"]
    assert mail["List-Unsubscribe"] == "<https://reports.example.org/inbox/wishes>"
    assert world.app.test_client().get("/inbox/wishes").status_code == 302


def test_a_mail_in_arabic_arrives_right(world: World, postbox: Postbox) -> None:
    wish(world, "each", "focal_point")
    act = world.act(None)
    name = "نقطة الاتصال"
    act.session.execute(update(User).where(User.email == FOCAL).values(language="ar", name=name))
    world.done()
    clarified(world)
    run(world)
    (mail,) = [mail for to, mail in postbox.received if to == FOCAL and "larification" in mail.get_content()]
    assert mail["Subject"].startswith("كازاخستان: ")
    assert mail["To"].addresses[0].display_name == name
    assert mail["Content-Language"] == "ar"
    assert "كازاخستان · " in mail.get_content()
    assert list(mail.defects) == []


def test_a_name_cannot_begin_a_header(world: World, postbox: Postbox) -> None:
    wish(world, "each", "focal_point")
    act = world.act(None)
    act.session.execute(update(User).where(User.email == FOCAL).values(name='A"\r\nBcc: other@example.org\r\n\r\nB'))
    world.done()
    clarified(world)
    run(world)
    (mail,) = [mail for to, mail in postbox.received if to == FOCAL and "larification" in mail.get_content()]
    assert (mail["Bcc"], len(mail["To"].addresses)) == (None, 1)
    assert mail["To"].addresses[0].display_name == 'A" Bcc: other@example.org B'


def mail_to(to: str) -> Mail:
    at = dt.datetime(2025, 6, 16, tzinfo=dt.UTC)
    return Mail("one", to, "Name", "Subject\r\nBcc: a@example.org", "Body", "en", "https://e.example/inbox", at)


@pytest.mark.parametrize("to", ["a@example.org\r\nBcc: b@example.org", "a b@example.org", "none", "a@b@c", "<>"])
def test_an_address_that_is_none_is_refused_and_not_sent(to: str, postbox: Postbox) -> None:
    with pytest.raises(NotSent) as refused, line(server_of("smtp://127.0.0.1:9?from=portal@example.org")) as opened:
        opened.send(mail_to(to))
    assert refused.value.refused


def test_a_subject_stays_one_line() -> None:
    made = message(mail_to("a@example.org"), "portal@example.org")
    assert (made["Bcc"], made["Subject"]) == (None, "Subject Bcc: a@example.org")


def faults(session: Database) -> list[tuple[int, bool, str]]:
    return [(one.tries, one.given_up_at is not None, one.fault) for one in outbox(session)]


def one_letter(world: World, at: dt.datetime | None = None) -> None:
    wish(world, "each", "focal_point")
    world.act(None, at).notify("report.decline", [world.person("focal_point", "KAZ").id], {"entity": "KAZ"})
    world.done()


def test_a_refused_receiver_is_tried_thrice_kept_and_shown(world: World, session: Database, postbox: Postbox) -> None:
    one_letter(world)
    postbox.to_receiver = "550 no such mailbox"
    said = "The mail server refused the receiver: 550 no such mailbox"
    assert (run(world), faults(session)) == ((0, 1), [(1, False, said)])
    assert run(world) == (0, 0)
    assert (run(world, 2), run(world, 12)) == ((0, 1), (0, 1))
    assert faults(session) == [(3, True, said)]
    assert run(world, 6000) == (0, 0)
    page = world.browser("focal_point", "KAZ").get("/entities/KAZ/notices").get_data(as_text=True)
    assert "Mail given up on 16 June 2025" in page
    assert said in page


def test_a_letter_refused_for_now_is_tried_again(world: World, session: Database, postbox: Postbox) -> None:
    one_letter(world)
    postbox.to_mail = "451 try later"
    assert run(world) == (0, 1)
    assert faults(session) == [(1, False, "The mail server refused the mail: 451 try later")]
    postbox.to_mail = "250 OK"
    assert run(world, 3) == (1, 0)
    assert faults(session) == [(2, False, "")]
    assert postbox.receivers == [FOCAL]


def test_a_dropped_connection_is_tried_again_and_the_mail_keeps_its_id(
    world: World, session: Database, postbox: Postbox
) -> None:
    one_letter(world)
    postbox.drops = True
    assert run(world) == (0, 1)
    ((tries, given_up, fault),) = faults(session)
    assert (tries, given_up) == (1, False)
    assert fault.startswith("The mail server cannot be reached: ")
    postbox.drops = False
    assert run(world, 3) == (1, 0)
    assert postbox.received[0][1]["Message-ID"] == f"<{outbox(session)[0].id}@example.org>"


def test_an_idle_server_holds_nobody_for_long(world: World, session: Database) -> None:
    one_letter(world)
    with socket.create_server(("127.0.0.1", 0)) as idle:
        mail_through(world.app, idle.getsockname()[1], timeout=0.3)
        assert run(world) == (0, 1)
    assert faults(session) == [
        (1, False, "The mail server cannot be reached: Connection unexpectedly closed: timed out")
    ]


def test_a_lost_connection_leaves_the_rest_for_the_next_run(world: World, session: Database) -> None:
    one_letter(world)
    one_letter(world)
    mail_through(world.app, free_port())
    assert run(world) == (0, 1)
    assert sorted(tries for tries, _given_up, _fault in faults(session)) == [0, 1]


def test_without_a_mail_server_nothing_is_tried(world: World, session: Database) -> None:
    one_letter(world)
    told = world.app.test_cli_runner().invoke(args=["notices", "send"]).output
    assert told == "No mail server is set (PORTAL_MAIL_URL): the inbox in the portal has all notices.\n"
    assert faults(session) == [(0, False, "")]


def test_what_waited_a_week_for_a_server_is_not_sent(world: World, session: Database, postbox: Postbox) -> None:
    one_letter(world)
    world.act(None).session.execute(update(Letter).values(written_at=world.at - dt.timedelta(days=8)))
    world.done()
    assert (run(world), postbox.received) == ((0, 0), [])
    assert faults(session) == [(0, True, letters.TOO_OLD)]


@pytest.mark.parametrize(("hindrance", "fault"), [("closed", letters.CLOSED), ("none", letters.UNWANTED)])
def test_who_is_not_to_get_it_any_more_does_not(
    world: World, session: Database, postbox: Postbox, hindrance: str, fault: str
) -> None:
    one_letter(world)
    if hindrance == "none":
        wish(world, "none", "focal_point")
    else:
        world.act(None).session.execute(update(User).where(User.email == FOCAL).values(active=False))
        world.done()
    run(world)
    assert (postbox.received, faults(session)) == ([], [(0, True, fault)])


def test_two_workers_do_not_send_one_letter_twice(world: World, session: Database, postbox: Postbox) -> None:
    for _ in range(12):
        one_letter(world)
    session.rollback()
    begin, runs = threading.Barrier(2), []

    def work() -> None:
        with world.app.app_context():
            begin.wait()
            runs.append(mailing.run(lambda: world.at))
            db.session.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done for done, _missed in runs) == 12
    ids = [mail["Message-ID"] for _to, mail in postbox.received]
    assert (len(ids), len(set(ids))) == (12, 12)


def test_a_crash_between_sending_and_noting_repeats_one_letter_with_the_same_id(
    world: World, session: Database, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        one_letter(world)
    with monkeypatch.context() as broken, contextlib.suppress(KeyboardInterrupt):
        broken.setattr(letters, "sent", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        run(world)
    assert len(postbox.received) == 1
    assert run(world) == (2, 0)
    assert run(world, 16) == (1, 0)
    ids = [mail["Message-ID"] for _to, mail in postbox.received]
    assert (len(ids), len(set(ids))) == (4, 3)
    assert run(world, 60) == (0, 0)


def test_a_worker_whose_lease_ran_out_says_nothing_of_the_letter(world: World, session: Database) -> None:
    one_letter(world)
    first = letters.take(world.act(None), mailing.write)
    world.done()
    second = letters.take(world.act(None, world.at + dt.timedelta(minutes=16)), mailing.write)
    world.done()
    assert first is not None
    assert second is not None
    letters.missed(world.act(None), first, "late words", refused=True)
    world.done()
    assert faults(session) == [(2, False, "")]
    letters.sent(world.act(None), second)
    world.done()
    letters.missed(world.act(None), first, "late words", refused=True)
    world.done()
    assert faults(session) == [(2, False, "")]


def test_nothing_is_sent_inside_a_transaction(world: World, postbox: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    one_letter(world)
    open_at_sending = []
    whole = mailing._mail
    monkeypatch.setattr(
        mailing, "_mail", lambda taken: (open_at_sending.append(db.session.in_transaction()), whole(taken))[1]
    )
    assert run(world) == (1, 0)
    assert open_at_sending == [False]


def test_the_worker_and_the_command_send(world: World, postbox: Postbox) -> None:
    morning = world.at.replace(hour=0)
    one_letter(world, morning)
    assert world.app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0
    assert FOCAL in postbox.receivers
    before = len(postbox.received)
    one_letter(world, morning)
    said = world.app.test_cli_runner().invoke(args=["notices", "send"]).output
    assert (said, len(postbox.received) - before) == ("Sent: 1. Not sent, and tried again or given up: 0.\n", 1)
    assert notices.remind in worker.HOURLY


def test_a_password_goes_to_no_other_machine_in_the_clear() -> None:
    with pytest.raises(ValueError, match="from="):
        server_of("smtp://mail.example.org")
    found = server_of("smtps://us%40er:pass%3Aword@mail.example.org?from=portal@example.org")
    assert (found.user, found.password, found.port, found.encrypted) == ("us@er", "pass:word", 465, True)


def own_certificate(folder: Path) -> ssl.SSLContext:
    """The side of a server that shows a certificate for 127.0.0.1 which nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    at = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - dt.timedelta(days=1))
        .not_valid_after(at + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "pair.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pair.pem")
    return context


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("vouched", [False, True])
def test_a_server_that_nobody_vouches_for_gets_no_mail(
    scheme: str, vouched: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By TLS from the beginning, and by STARTTLS; the same server is believed once its certificate is trusted."""
    box, port, context = Postbox(), free_port(), own_certificate(tmp_path)
    if vouched:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pair.pem"))
    wraps = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    controller = Controller(box, hostname="127.0.0.1", port=port, **wraps)
    with contextlib.suppress(OSError):  # the controller greets its own server in the clear, which TLS refuses
        controller.start()
    server = server_of(f"{scheme}://127.0.0.1:{port}?from=portal@example.org&timeout=5")
    with line(server) as opened:
        if vouched:
            opened.send(mail_to("a@example.org"))
        else:
            with pytest.raises(NotSent, match="CERTIFICATE_VERIFY_FAILED"):
                opened.send(mail_to("a@example.org"))
    controller.stop()
    assert box.receivers == (["a@example.org"] if vouched else [])
