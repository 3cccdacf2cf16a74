"""A real browser on a real server: journeys, accessibility, weight, and pictures to look at."""
