"""Addresses of sockets."""

from typing import Any

sockets: list[Any] = []
