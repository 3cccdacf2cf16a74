"""How many statements a connection keeps planned.

Planning a policy costs more than running it. psycopg keeps a hundred plans and drops the oldest; a
case's whole way has 180 different statements, so that each pushed another out and was planned
anew: a backend spent 200 ms on a case, with all of them kept 142. A plan takes about 0.1 MB.
"""

from typing import Any

from django.db.backends.signals import connection_created
from django.dispatch import receiver

KEPT = 300


@receiver(connection_created)
def keep_plans(connection: Any, **kwargs: Any) -> None:
    """Raise the limit of a connection just made, or just taken from the pool."""
    connection.connection.prepared_max = KEPT
