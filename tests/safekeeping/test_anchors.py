from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail

from safekeeping import anchors, chain
from safekeeping.errors import Unreadable
from tests.conftest import NOW
from tests.safekeeping.test_chain import (
    LATER,
    anchor_file,
    event_at,
    happen,
    sealed,
    seals,
    tamper,
)

__all__ = ["anchor_file"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_head_is_anchored_hourly_and_only_if_there_is_one(anchor_file):
    chain.seal_events(NOW)
    none_yet = anchor_file.exists()
    sealed(1)
    chain.seal_events(NOW + timedelta(minutes=59))
    chain.seal_events(NOW + timedelta(minutes=60))

    head = bytes(seals()[-1].mac).hex()
    assert not none_yet
    assert oct(anchor_file.stat().st_mode)[-3:] == "600"
    assert [(a.number, a.mac, a.at) for a in anchors.standing()] == [
        (1, head, NOW),
        (1, head, NOW + timedelta(hours=1)),
    ]


def test_a_clock_that_was_ahead_for_a_while_stops_no_anchor(anchor_file):
    ahead = NOW + timedelta(days=365)
    sealed(1)
    chain.seal_events(ahead)
    chain.seal_events(NOW)
    chain.seal_events(NOW + timedelta(minutes=59))
    chain.seal_events(NOW + timedelta(minutes=60))

    left = [anchor.at for anchor in anchors.standing()]
    assert left == [NOW, ahead, NOW, NOW + timedelta(hours=1)]


def test_an_anchor_goes_by_mail_too(settings):
    settings.CHAIN_ANCHORS["mail"] = "keeper@province.example"

    sealed(1)

    assert [message.to for message in mail.outbox] == [["keeper@province.example"]]
    assert mail.outbox[0].body.startswith(f"head 1 {bytes(seals()[0].mac).hex()}")


def test_a_mail_that_cannot_go_stops_nothing_and_is_written_down(
    settings, monkeypatch, capsys, anchor_file
):
    def away(*_args):
        raise SMTPServerDisconnected("keeper@province.example")

    settings.CHAIN_ANCHORS["mail"] = "keeper@province.example"
    monkeypatch.setattr(anchors, "send_mail", away)

    sealed(1)

    said = capsys.readouterr().out
    assert len(anchors.standing()) == 1
    assert '"event": "anchor.unmailed"' in said
    assert "province.example" not in said


@pytest.mark.parametrize(
    "forge",
    [
        lambda text: "[1, 2]\n",
        lambda text: "x\n" + text,
        lambda text: text.replace('"head"', '"restored"'),
        lambda text: text.replace('"1"', '"2"'),
    ],
)
def test_a_damaged_or_forged_anchor_is_not_passed_over(anchor_file, forge):
    sealed(1)
    anchor_file.write_text(forge(anchor_file.read_text()))

    with pytest.raises(Unreadable):
        chain.verify(NOW)


def test_after_a_restore_that_was_noted_the_chain_is_whole():
    sealed(3)
    happen(2)
    chain.seal_events(NOW + timedelta(hours=1))
    tamper(
        "DELETE FROM safekeeping_event WHERE id >= " + event_at(4),
        "DELETE FROM safekeeping_eventseal WHERE number >= 4",
    )

    chain.note_restore(LATER)
    happen(1)
    chain.seal_events(LATER)

    assert chain.verify(LATER) == []
    assert [anchor.number for anchor in anchors.standing()] == [3, 3]


def test_a_restore_said_again_hides_no_rollback(anchor_file):
    sealed(3)
    chain.note_restore(NOW)
    happen(2)
    chain.seal_events(NOW + timedelta(hours=1))
    first, restored, head = anchor_file.read_text().splitlines(keepends=True)

    anchor_file.write_text(first + restored + head + restored)

    with pytest.raises(Unreadable):
        chain.verify(LATER)
