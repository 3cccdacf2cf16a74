"""Every state × edge × role, generated from the code and held against the documented table."""

import itertools

import pytest
from django.db import DatabaseError, connection, transaction
from django_fsm import can_proceed

from network.actors import Actor
from network.roles import Role
from referral import models, policy
from referral.models import Kind, Referral, State
from safekeeping.states import edges

# docs: domain.md §3, one line each: from → to.
TABLE = """
SENT → ACCEPTED PARTLY_ACCEPTED DECLINED WITHDRAWN LAPSED SUPERSEDED REVOKED ACKNOWLEDGED
LAPSED → ACCEPTED PARTLY_ACCEPTED DECLINED WITHDRAWN SUPERSEDED REVOKED
ACCEPTED → STARTED COMPLETED RETURNED VOIDED REVOKED
PARTLY_ACCEPTED → STARTED COMPLETED RETURNED VOIDED REVOKED
STARTED → COMPLETED RETURNED REVOKED
"""
EDGE_OF = {
    "accept": "ACCEPTED", "accept_partly": "PARTLY_ACCEPTED", "decline": "DECLINED",
    "withdraw": "WITHDRAWN", "lapse": "LAPSED", "supersede": "SUPERSEDED", "revoke": "REVOKED",
    "acknowledge": "ACKNOWLEDGED", "start": "STARTED", "complete": "COMPLETED",
    "give_back": "RETURNED", "void": "VOIDED",
}  # fmt: skip
OF_NOTICE = {("SENT", "ACKNOWLEDGED"), ("SENT", "WITHDRAWN")}
# A handover is accepted whole, and is done then.
OF_HANDOVER = ("ACCEPTED", "DECLINED", "WITHDRAWN", "LAPSED", "SUPERSEDED", "REVOKED")


def documented() -> set[tuple[str, str]]:
    lines = (line.split(" → ") for line in TABLE.strip().splitlines())
    return {(source, target) for source, targets in lines for target in targets.split()}


def test_edges_are_those_of_the_table():
    assert set(edges(Referral)) == documented()


REAL = [
    (state, move, kind)
    for state, move, kind in itertools.product(State.values, EDGE_OF, Kind.values)
    if kind != Kind.NOTIFY or state in models.OF_NOTICE  # the database refuses the others
]


@pytest.mark.parametrize(("state", "move", "kind"), REAL)
def test_each_state_takes_each_edge_or_refuses(state, move, kind):
    row = Referral(state=state, kind=kind)
    edge = (state, EDGE_OF[move])
    if kind == Kind.NOTIFY:
        legal = edge in OF_NOTICE
    else:
        legal = edge in documented() and move != "acknowledge"
    if kind == Kind.HANDOVER:
        legal = legal and state in models.ASKED and EDGE_OF[move] in OF_HANDOVER

    assert can_proceed(getattr(row, move)) is legal


SENDER, RECEIVER, OTHER = 1, 2, 3
WORKERS = {Role.CASEWORKER, Role.SUPERVISOR, Role.RESPONDER, Role.COORDINATOR}
SENDERS = {Role.CASEWORKER, Role.SUPERVISOR, Role.COORDINATOR}
VOIDERS = {Role.RESPONDER, Role.SUPERVISOR, Role.COORDINATOR}
MAY = {
    # policy: who of which agency; `out` for an addressee outside the network
    policy.may_answer: {"in": {RECEIVER: WORKERS}, "out": {}},
    policy.may_record_answer: {"in": {}, "out": {SENDER: WORKERS}},
    policy.may_work: {"in": {RECEIVER: WORKERS}, "out": {SENDER: WORKERS}},
    policy.may_withdraw: {"in": {SENDER: SENDERS}, "out": {SENDER: SENDERS}},
    policy.may_send_on: {"in": {SENDER: SENDERS}, "out": {SENDER: SENDERS}},
    policy.may_void: {
        "in": {SENDER: VOIDERS, RECEIVER: VOIDERS}, "out": {SENDER: VOIDERS, RECEIVER: VOIDERS},
    },
    policy.may_read_stop: {"in": {RECEIVER: WORKERS}, "out": {SENDER: WORKERS}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("may", "where", "agency", "role"),
    list(itertools.product(MAY, ("in", "out"), (SENDER, RECEIVER, OTHER), Role)),
)
def test_each_role_of_each_agency_may_or_may_not(may, where, agency, role):
    row = Referral(
        from_agency_id=SENDER, to_agency_id=RECEIVER, outside=where == "out", answered_by_id=70
    )
    actor = Actor(user_id=7, agency_id=agency, roles=frozenset({role}))

    assert may(actor, row) is (role in MAY[may][where].get(agency, set()))


@pytest.mark.parametrize("roles", [frozenset(Role), frozenset({Role.SUPERVISOR, Role.RESPONDER})])
def test_the_sender_never_answers_whatever_its_roles(roles):
    row = Referral(from_agency_id=SENDER, to_agency_id=RECEIVER)

    assert not policy.may_answer(Actor(user_id=7, agency_id=SENDER, roles=roles), row)


def test_who_accepted_does_not_void_it():
    row = Referral(from_agency_id=SENDER, to_agency_id=RECEIVER, answered_by_id=7)

    assert not policy.may_void(Actor(user_id=7, agency_id=RECEIVER, roles=frozenset(Role)), row)


@pytest.mark.django_db
@pytest.mark.parametrize("target", [s for s in State.values if s not in {"SENT", "LAPSED"}])
def test_the_database_refuses_what_no_edge_leads_to(send, people, target):
    from safekeeping import rls
    from tests.conftest import NOW

    reference = send()
    legal = ("SENT", target) in documented()
    with rls.acting(actor=people["worker"], now=NOW):
        case_id = Referral.objects.get(reference=reference).case_id
        with rls.on_case(case_id):
            if legal and target != "ACKNOWLEDGED":
                _force(reference, target)
            else:
                with pytest.raises(DatabaseError), transaction.atomic():
                    _force(reference, target)


def _force(reference, target):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE referral_referral SET state = %s WHERE reference = %s", [target, reference]
        )
