"""Forms of casework, by page: is the input well-shaped? What is permitted, policies decide."""
