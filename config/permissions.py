"""Every address of ours and what four kinds of people and a stranger get; docs and tests read it.

The case tried is one of a commune's office with a worker; things of other kinds (a referral, a
bed, an alert) do not exist for anybody here, so that missing and foreign are seen to look alike.
Addresses of signing in, people and offices have a table in the tests of `network`.
"""

OPEN, AWAY, NO, HIDDEN, VERB, NOT_NOW = 200, 302, 403, 404, 405, 409
WHO = (
    "a stranger",
    "a caseworker elsewhere",
    "a mere reporter here",
    "the worker",
    "the supervisor",
)

Answers = tuple[int, int, int, int, int]

# name → what a GET and what an empty POST is answered with, in the order of WHO.
TABLE: dict[str, tuple[Answers, Answers]] = {
    "neutral": ((OPEN, OPEN, OPEN, OPEN, OPEN), (VERB, VERB, VERB, VERB, VERB)),
    "set_language": ((VERB, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "help": ((OPEN, OPEN, OPEN, OPEN, OPEN), (VERB, VERB, VERB, VERB, VERB)),
    "help_drawings": ((OPEN, OPEN, OPEN, OPEN, OPEN), (VERB, VERB, VERB, VERB, VERB)),
    "casework:my_work": ((AWAY, OPEN, OPEN, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "casework:report": ((AWAY, OPEN, OPEN, OPEN, OPEN), (AWAY, OPEN, OPEN, OPEN, OPEN)),
    "casework:report_done": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "casework:report_words": (
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
    ),
    "casework:search": ((AWAY, OPEN, NO, OPEN, OPEN), (AWAY, OPEN, NO, OPEN, OPEN)),
    "casework:case": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:people": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:incidents": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:beside": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "casework:seen": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "casework:person": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, AWAY, AWAY)),
    "casework:piece": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, AWAY, AWAY)),
    "casework:accused": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:untold": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, AWAY, AWAY)),
    "casework:incident_add": (
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
    ),
    "casework:incident": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:consent": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:ask": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:withdraw": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:renew": (
        (AWAY, HIDDEN, HIDDEN, NOT_NOW, NOT_NOW),
        (AWAY, HIDDEN, HIDDEN, NOT_NOW, NOT_NOW),
    ),
    "casework:wishes": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, AWAY, AWAY)),
    "casework:assessment": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:assess": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:plan": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:agree": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:item_add": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:item_done": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "casework:item_drop": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:follow": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:meeting_add": (
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
    ),
    "casework:meeting_held": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:meeting_missed": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:meeting_cancel": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:resume": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, NOT_NOW, NO)),
    "casework:safe_check": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:notes": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:note": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:note_mend": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:conference": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:close": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:decide": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:approve": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, NOT_NOW, NOT_NOW)),
    "casework:return": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:reopen": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:death": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:debrief": (
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
        (AWAY, HIDDEN, HIDDEN, NOT_NOW, NOT_NOW),
    ),
    "casework:death_back": ((AWAY, HIDDEN, HIDDEN, NO, OPEN), (AWAY, HIDDEN, HIDDEN, NO, NOT_NOW)),
    "casework:assign": ((AWAY, HIDDEN, HIDDEN, NO, OPEN), (AWAY, HIDDEN, HIDDEN, NO, OPEN)),
    "casework:claim": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, NO, NO)),
    "casework:claim_turn": (
        (AWAY, VERB, VERB, VERB, VERB),
        (AWAY, HIDDEN, HIDDEN, NOT_NOW, NOT_NOW),
    ),
    "casework:release_turn": (
        (AWAY, VERB, VERB, VERB, VERB),
        (AWAY, HIDDEN, HIDDEN, NOT_NOW, NOT_NOW),
    ),
    "casework:acknowledge": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, AWAY, AWAY)),
    "casework:clear": ((AWAY, HIDDEN, HIDDEN, NO, NO), (AWAY, HIDDEN, HIDDEN, NO, NO)),
    "casework:link": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "casework:same_person": (
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
    ),
    "casework:break_glass": (
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
        (AWAY, HIDDEN, HIDDEN, OPEN, OPEN),
    ),
    "casework:blocks": ((AWAY, HIDDEN, HIDDEN, NO, OPEN), (AWAY, HIDDEN, HIDDEN, NO, OPEN)),
    "casework:lift": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "casework:holds": ((AWAY, HIDDEN, HIDDEN, NO, OPEN), (AWAY, HIDDEN, HIDDEN, NO, OPEN)),
    "casework:lift_hold": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:erase": ((AWAY, HIDDEN, HIDDEN, NO, OPEN), (AWAY, HIDDEN, HIDDEN, NO, OPEN)),
    "casework:cards": ((AWAY, OPEN, NO, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "casework:card": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:card_acknowledge": (
        (AWAY, VERB, VERB, VERB, VERB),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:card_assign": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:card_glass": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:oversight": ((AWAY, NO, NO, NO, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "casework:explain": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:review": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "casework:waive": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "referral:queue": ((AWAY, OPEN, OPEN, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "referral:outgoing": ((AWAY, OPEN, OPEN, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "referral:in_work": ((AWAY, OPEN, OPEN, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "referral:send": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "referral:detail": ((AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN), (AWAY, VERB, VERB, VERB, VERB)),
    "referral:accept": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "referral:accept_partly": (
        (AWAY, VERB, VERB, VERB, VERB),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "referral:decline": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "referral:acknowledge": (
        (AWAY, VERB, VERB, VERB, VERB),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "referral:start": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "referral:complete": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "referral:return": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "referral:void": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "referral:withdraw": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "referral:stop": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "referral:record": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "referral:open": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "referral:send_on": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "shelters:board": ((AWAY, OPEN, HIDDEN, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "shelters:board-fragment": ((AWAY, OPEN, HIDDEN, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "shelters:walk-in": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "shelters:stop-bed": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "shelters:return-bed": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "shelters:request": ((AWAY, HIDDEN, HIDDEN, OPEN, OPEN), (AWAY, HIDDEN, HIDDEN, OPEN, OPEN)),
    "shelters:stay": ((AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN), (AWAY, VERB, VERB, VERB, VERB)),
    "shelters:open-card": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "shelters:hold": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "shelters:move": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "shelters:act": (
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
        (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    ),
    "hotline:duty_sheet": ((AWAY, OPEN, OPEN, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "hotline:alerts": ((AWAY, OPEN, NO, OPEN, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "hotline:alert": ((AWAY, HIDDEN, NO, HIDDEN, HIDDEN), (AWAY, VERB, VERB, VERB, VERB)),
    "hotline:acknowledge": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "hotline:pass-on": ((AWAY, VERB, VERB, VERB, VERB), (AWAY, HIDDEN, HIDDEN, HIDDEN, HIDDEN)),
    "hotline:twilio-receipt": ((VERB, VERB, VERB, VERB, VERB), (NO, NO, NO, NO, NO)),
    "figures:index": ((AWAY, NO, NO, NO, OPEN), (AWAY, VERB, VERB, VERB, VERB)),
    "figures:csv": ((AWAY, NO, NO, NO, HIDDEN), (AWAY, VERB, VERB, VERB, VERB)),
    "figures:xlsx": ((AWAY, NO, NO, NO, HIDDEN), (AWAY, VERB, VERB, VERB, VERB)),
    "figures:period": ((AWAY, NO, NO, NO, HIDDEN), (AWAY, VERB, VERB, VERB, VERB)),
    "figures:draft-csv": ((AWAY, NO, NO, NO, NO), (AWAY, VERB, VERB, VERB, VERB)),
    "figures:draft-xlsx": ((AWAY, NO, NO, NO, NO), (AWAY, VERB, VERB, VERB, VERB)),
    "figures:draft": ((AWAY, NO, NO, NO, NO), (AWAY, VERB, VERB, VERB, VERB)),
}
