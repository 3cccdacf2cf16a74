from tests.shelters.conftest import make_admitted, make_held, make_stay


def test_it(houses):
    stay = make_stay()
    assert stay.state == "REQUESTED"
    held = make_held(stay)
    assert held.state == "HELD"


def test_two(houses):
    assert make_admitted().state == "ADMITTED"
