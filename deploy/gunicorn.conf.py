"""Pages: a few processes with threads; each thread keeps a database connection of the pool."""

import multiprocessing
import os

bind = os.environ.get("BIND", "unix:/run/mai-am/web.sock")
workers = int(os.environ.get("WEB_CONCURRENCY", str(max(2, multiprocessing.cpu_count()))))
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 10
max_requests = 20_000
max_requests_jitter = 2_000
umask = 0o007
# Paths hold references only, but who asked for which belongs to the event log, not here.
accesslog = None
forwarded_allow_ips = "*"
