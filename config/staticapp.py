"""Static files, less those that break hashed names."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class OurStatic(StaticFilesConfig):
    """viewflow's own pages are never shown: 50 MB, and their style sheet names a missing font."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "viewflow",
        "*.map",
    ]
