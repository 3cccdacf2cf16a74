"""Pages of the network, by noun."""

from network.views import account

__all__ = ["account"]
