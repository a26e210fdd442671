"""The short form of the fault tests: green on the portal, red on each planted fault that it can show in seconds."""

from __future__ import annotations

from tests.faults import kills, settings


def test_nothing_acknowledged_is_lost_when_the_server_is_killed() -> None:
    """Two kills: every acknowledged save and submission is there, once, and the chain holds."""
    result = kills.run(n=2)
    assert result["good"], result
    assert result["acknowledged saves"] > 0
    assert result["restart p50 s"] < 30


def test_the_kills_turn_red_when_the_answer_comes_before_the_commit() -> None:
    """The planted server answers first: the same harness must find what it lost."""
    result = kills.run(n=2, mutant="acknowledge-first")
    assert not result["good"]
    assert result["lost"] > 0, result


def test_every_connection_keeps_the_promised_settings() -> None:
    """32 connections of the pool, each setting of each."""
    assert settings.run()["not as promised"] == 0


def test_a_relaxed_setting_turns_red() -> None:
    """synchronous=NORMAL set by somebody else is found on every connection."""
    assert settings.run(mutant=settings.MUTANT)["not as promised"] == settings.CONNECTIONS
