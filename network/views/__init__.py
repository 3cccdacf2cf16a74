"""Pages of the network, by noun: one's account, the directory, people, the roster."""

from network.views import account, directory, people, reorganising, roster

__all__ = ["account", "directory", "people", "reorganising", "roster"]
