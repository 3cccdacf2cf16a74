"""Stretches of the way that many stories share."""

from datetime import timedelta
from typing import Any

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def taken_on(s: Scene, by: str = "", **facts: Any) -> Story:
    """Reported, answered, taken on by a worker."""
    s.report(by or s.team["officer"], **facts)
    yield s.soon("claim")
    s.claim()
    yield s.soon("visit")


def known(s: Scene, *answers: str, level: str = "standard", **dangers: str) -> Story:
    """Described, asked, assessed."""
    s.describe()
    s.ask(*answers)
    s.assess(level, **dangers)
    s.hear_notices()
    yield s.soon("plan")


def through(s: Scene, reason: str) -> Story:
    """Planned, carried out, followed up, closed by another person."""
    if s.is_over:
        return
    s.plan("safety", "practical")
    yield s.soon("work")
    s.claim()
    s.finish_plan()
    s.follow()
    while s.visits:
        yield from s.visit()
    yield from closed(s, reason)


def closed(s: Scene, reason: str) -> Story:
    """Nothing is left open; another person agrees."""
    if s.is_over:
        return
    s.claim()
    s.end_referrals()
    if s.level in ("high", "extreme"):
        s.confer()
    s.assess("standard")
    while s.still_rings():
        yield HOUR / 4
    s.propose(reason)
    yield s.soon("plan", s.another())
    if s.chance("closure_returned"):
        s.return_closure()
        yield s.soon("plan")
        s.propose(reason)
        yield s.soon("plan", s.another())
    s.approve()


def served(s: Scene, service: str, urgency: str = "routine") -> Story:
    """Another agency is asked; it takes it on, or declines and the next one is asked."""
    who = s.helper(service)
    asked = s.send(service, urgency)
    yield s.soon("answer_request", who)
    if asked not in s.asked(who):
        return
    if s.dice.random() < s.stage.habits.declines(s.office(who)):
        s.decline(who, asked, "full")
        yield s.soon("plan")
        s.send_on(asked)
    else:
        yield from s.work_off(who, asked)
