"""Whose turn it is in a case.

The flow follows, it never gates: a step waits for the event that says its work is done, whoever
did it and in whatever order things happened (`flow_listeners.py` brings the events).
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow import this

from casework.flow_nodes import BaseFlow, Begin, End, If, Join, Split, Step, take_up
from casework.models import Case, Report, Run

BED = "bed"  # the need, and the mark in `ahead` of a bed asked for before its turn


class CaseFlow(BaseFlow):
    """How each flow of a case begins."""

    def opened(self, activation: Any, case: Case, at: datetime, ahead: tuple[str, ...] = ()) -> Run:
        """ahead: nodes whose event has happened already."""
        run: Run = activation.process
        run.case, run.ahead = case, list(ahead)
        take_up(run, at=at)
        activation.task.case_id, activation.task.agency_id = case.pk, case.owner_id
        return run


class CaseResponse(CaseFlow):
    """From the report to closure."""

    process_title = _("Response to a case")

    start = Begin(this.opened).Next(this.take_note)
    take_note = Step(_("Take note"), clock="notify_chairman").Next(this.assign)
    assign = Step(_("Assign a worker"), clock="assign_handler").Next(this.assess)
    assess = Step(_("Assess risk and needs")).Next(this.part)
    part = Split().Next(this.find_bed, case=this.is_bed_wanted).Always(this.agree_plan)
    find_bed = Step(_("Find a bed")).Next(this.meet)
    agree_plan = Step(_("Agree the plan")).Next(this.carry_out)
    carry_out = Step(_("Carry out the plan")).Next(this.meet)
    meet = Join().Next(this.follow_up)
    follow_up = Step(_("Follow up"), clock="follow_up_due").Next(this.review_closure)
    review_closure = Step(_("Review closure")).Next(this.decided)
    decided = If(this.is_closed).Then(this.end).Else(this.follow_up)
    end = End()

    def is_bed_wanted(self, activation: Any) -> bool:
        """Asked for in the report, or by a stay requested since."""
        run: Run = activation.process
        if BED in run.ahead:
            run.ahead.remove(BED)
            return True
        asked = Report.objects.filter(case_id=run.case_id, needs__contains=[BED])
        return bool(asked.exists())

    def is_closed(self, activation: Any) -> bool:
        """Closure was approved, rather than returned."""
        return bool(activation.process.is_closing)


class BedSearch(CaseFlow):
    """A bed wanted again, after the first search had its end."""

    process_title = _("Another bed")

    start = Begin(this.opened).Next(this.find_bed)
    find_bed = Step(_("Find a bed")).Next(this.end)
    end = End()


class Debrief(CaseFlow):
    """After a death: the staff are not left alone with it."""

    process_title = _("Sitting together after a death")

    start = Begin(this.opened).Next(this.debrief)
    debrief = Step(_("Sit together with the staff"), clock="debrief").Next(this.end)
    end = End()


class LookBack(CaseFlow):
    """After a death: an office that did not lead the case looks at it."""

    process_title = _("Looking back after a death")

    start = Begin(this.opened).Next(this.look_back)
    look_back = Step(_("Look back from outside"), clock="death_review").Next(this.end)
    end = End()


AFTER_DEATH = (Debrief, LookBack)


class SupportAgain(CaseFlow):
    """Support wanted again in the time of follow-up."""

    process_title = _("Support again")

    start = Begin(this.opened).Next(this.carry_out)
    carry_out = Step(_("Carry out the plan")).Next(this.end)
    end = End()
