"""Template tags of the pages: `{% load kit %}`."""
