"""Pages of casework: input, one action, answer. What is shown is asked of querysets and access."""
