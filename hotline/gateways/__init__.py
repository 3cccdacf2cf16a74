"""Ways out of the house, one file for each provider behind one protocol."""
