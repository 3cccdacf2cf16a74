"""The settings of processes that a drill kills: the house's own, and the points where they die."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.drills.points.Doomed"]
