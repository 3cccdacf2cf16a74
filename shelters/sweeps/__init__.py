"""What falls due is found in the rows: a hold that is over, a house whose agency is no more."""

from shelters.sweeps.holds import lapse_holds
from shelters.sweeps.succession import pass_houses

__all__ = ["lapse_holds", "pass_houses"]
