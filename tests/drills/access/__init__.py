"""R2: who may see what, stated in words, and everybody asked everything to see that it holds."""
