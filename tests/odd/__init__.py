"""A small province at work, and every form its people see in it."""
