"""Rows of the network, by noun: units, agencies, people, law."""

from network.models.agencies import Agency, Coverage, Publicity, Service
from network.models.figures import Area, FigureEstimate
from network.models.law import Calendar, ClockKind, Code, CodeList, Edition, Holiday, NoticeRule
from network.models.people import Invitation, Membership, Shift, ShiftPhone, Sitting, User
from network.models.units import AdminChange, AdminUnit, Level

__all__ = [
    "AdminChange", "AdminUnit", "Agency", "Area", "Calendar", "ClockKind", "Code", "CodeList",
    "Coverage", "Edition", "FigureEstimate", "Holiday", "Invitation", "Level",
    "Membership", "NoticeRule", "Publicity", "Service", "Shift", "ShiftPhone", "Sitting", "User",
]  # fmt: skip
