"""What a thief with a pen does to bytes: turns bits, cuts, joins, moves pieces about."""

from collections.abc import Callable, Iterable, Iterator

from safekeeping.errors import Unreadable


def flips(raw: bytes) -> Iterator[bytes]:
    """`raw` with each single bit turned."""
    number = int.from_bytes(raw, "big")
    for bit in range(8 * len(raw)):
        yield (number ^ (1 << bit)).to_bytes(len(raw), "big")


def cuts(raw: bytes) -> Iterator[bytes]:
    """Every beginning of `raw`, every end of it, and `raw` without each one of its bytes."""
    for at in range(len(raw)):
        yield raw[:at]
        yield raw[at + 1 :]
        yield raw[:at] + raw[at + 1 :]


def longer(raw: bytes) -> Iterator[bytes]:
    """`raw` with a byte put in at each place, and with ever more behind it."""
    for at in range(len(raw) + 1):
        yield raw[:at] + b"\x00" + raw[at:]
        yield raw + bytes(at + 1)


def splices(one: bytes, other: bytes) -> Iterator[bytes]:
    """The head of one with the tail of another, joined at each byte."""
    for at in range(min(len(one), len(other))):
        yield one[:at] + other[at:]
        yield other[:at] + one[at:]


class Attack:
    """Counts what was tried and keeps what got through, or was refused in another way."""

    def __init__(self) -> None:
        self.tried = 0
        self.faults: list[str] = []

    def on(self, name: str, tampered: Iterable[bytes], read: Callable[[bytes], object],
           *, but: Iterable[bytes] = ()) -> None:  # fmt: skip
        """Try each but what is no tampering at all; only `Unreadable` may come back."""
        for each in set(tampered).difference(but):
            self.tried += 1
            if fault := _fault(read, each):
                self.faults.append(f"{name}: {fault}")


def _fault(read: Callable[[bytes], object], tampered: bytes) -> str:
    try:
        read(tampered)
    except Unreadable as refusal:
        return f"tells more: {refusal.__cause__}" if refusal.__cause__ else ""
    except Exception as other:
        return f"refused as {type(other).__name__}"
    return "accepted"
