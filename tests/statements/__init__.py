"""How much each page and each action asks of the database: two tables that are held."""
