"""Tables that only grow: triggers against change, deletion and emptying, by whomever.

`policies.sync()` sets them ENABLE ALWAYS, so that no replication role passes either.
"""

import pgtrigger


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """The triggers of an append-only table, for its Meta; `name` begins theirs."""
    return [
        pgtrigger.Protect(name=f"{name}_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_not_emptied",
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,  # PostgreSQL knows no other for TRUNCATE
            func="RAISE EXCEPTION 'only grows: %', TG_TABLE_NAME;",
        ),
    ]
