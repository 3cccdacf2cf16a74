"""The rehearsal plays a province through the public actions only, in its own passed-in time.

It is the demo of a first start, and what tests and looks work on. `world.yaml` describes the
province's habits, `stories.py` what happens in a case, `stage.py` keeps the clock.
"""
