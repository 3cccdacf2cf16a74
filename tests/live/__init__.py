"""The live line with real processes, and a server that may be restarted."""
