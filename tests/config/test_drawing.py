"""Drawings from code: everything fits, nothing is styled inline, texts are escaped."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest
from django.utils import translation

from config.drawing import flow, machine


@dataclass
class Step:
    name: str
    label: str
    state: str
    note: str = ""
    together: str = ""


WAY = [
    Step("a", "Ghi nhận", "done"),
    Step("b", "Đánh giá nguy cơ và nhu cầu", "done"),
    Step("c", "Tìm chỗ ở", "waiting", "đang chờ trả lời", "p"),
    Step("d", "Thống nhất kế hoạch", "here", "", "p"),
    Step("e", "Kết thúc <&>", "later"),
]


def pictures(html):
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html)]


def test_way_is_drawn_twice_and_says_where_one_is():
    with translation.override("vi"):
        wide, tall = pictures(flow(WAY))

    assert "Bạn đang ở: Thống nhất kế hoạch" in wide.get("aria-label")
    assert "Đang chờ bên cạnh: Tìm chỗ ở (đang chờ trả lời)" in tall.get("aria-label")


def test_texts_of_the_tall_drawing_fit_a_phone():
    with translation.override("vi"):
        _wide, tall = pictures(flow(WAY))

    for text in tall.iter("text"):
        start = float(text.get("x"))
        if text.get("text-anchor") == "start":
            assert start + 0.62 * float(text.get("font-size")) * len(text.text) <= 330, text.text


@pytest.mark.parametrize("state", ["done", "here", "waiting", "later", "off", "left_out"])
def test_every_state_can_be_drawn(state):
    assert "<circle" in flow([Step("a", "A", state), Step("b", "B", "later")])


def test_no_drawing_needs_what_the_policy_forbids():
    drawn = flow(WAY) + machine({"A": "Một", "B": "Hai <b>"}, [("A", "B")], first=["A"])

    assert "style=" not in drawn
    assert "<script" not in drawn
    assert "<b>" not in drawn


def test_machine_says_its_edges_in_words():
    with translation.override("vi"):
        drawn = machine({"A": "Mở", "B": "Đóng"}, [("A", "B")])

    assert "Mở có thể thành Đóng." in drawn


def test_no_step_draws_nothing():
    assert flow([]) == ""
