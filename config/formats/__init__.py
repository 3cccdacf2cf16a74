"""Dates and numbers as they are written in Việt Nam, in both languages."""
