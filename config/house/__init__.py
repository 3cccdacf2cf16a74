"""What belongs to every page and to no app: words for times, icons, refusals, leaving, help.

It holds no rule of the domain and writes nothing. Start reading in `views.py`; the forms are in
`network.formkit`, the templates in `config/templates`.
"""
