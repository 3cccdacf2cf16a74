"""What falls due is found in the rows: a clock that ran out, an office that is no more."""

from casework.sweeps.clocks import breach_due
from casework.sweeps.first_keys import make_first_keys
from casework.sweeps.succession import pass_on, pass_rest

__all__ = ["breach_due", "make_first_keys", "pass_on", "pass_rest"]
