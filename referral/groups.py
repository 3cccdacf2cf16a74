"""What a referral keeps sealed besides words: who answered for an office outside the network."""

from dataclasses import dataclass

from safekeeping.sealed import group


@group("answerer")
@dataclass(frozen=True)
class Answerer:
    """The person outside the network who gave the answer, and what was said."""

    who: str = ""
    words: str = ""
