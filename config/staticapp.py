"""Static files, less those that break hashed names."""

from typing import ClassVar

from django.contrib.staticfiles.apps import StaticFilesConfig


class OurStatic(StaticFilesConfig):
    """viewflow's own pages are never shown: 50 MB, and their style sheet names a missing font."""

    ignore_patterns: ClassVar[list[str]] = [
        *StaticFilesConfig.ignore_patterns,
        "viewflow",
        "*.map",
    ]
