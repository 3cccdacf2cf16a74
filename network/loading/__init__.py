"""How a province's folder becomes rows: read, checked as a whole, then written in one go.

`source` reads files and names every mistake with its file and row; `units`, `law`, `agencies` and
`people` know their nouns; `province` puts them together. Start reading there.
"""
