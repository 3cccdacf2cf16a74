"""What falls due is done row by row; the fault of one is that row's alone."""

import pytest

from safekeeping import sweeps


@pytest.mark.django_db
def test_every_row_is_done_before_a_fault_is_raised():
    done = []

    def work(row, now):
        done.append(row)
        return 1 / (row % 2)

    with pytest.raises(ZeroDivisionError):
        sweeps.each(work, [(1,), (2,), (3,), (4,), (5,)], "now")

    assert done == [1, 2, 3, 4, 5]


@pytest.mark.django_db
def test_it_says_how_many_were_done():
    assert sweeps.each(lambda row, now: row > 1, [(1,), (2,), (3,)], "now") == 2
    assert sweeps.each(lambda row, now: True, [], "now") == 0
