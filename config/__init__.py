"""Settings, addresses, middleware, and how the whole is started and kept running.

No domain rule lives here. Start reading at `settings.py`; `run.py` is what `make run` calls.
"""
