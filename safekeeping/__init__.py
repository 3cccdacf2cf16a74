"""What is kept secret and true: sealed groups, keys, blind indexes, the event chain, row policies.

It knows no survivor, case or agency: the apps above hand it values and ids. Start reading in
`records` (what every model extends), then `sealed` and `keys`.
"""
