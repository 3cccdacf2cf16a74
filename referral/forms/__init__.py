"""Is the input well-shaped? What is permitted, policies and rules decide."""
