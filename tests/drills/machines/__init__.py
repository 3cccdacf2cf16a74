"""R7: people do what they please in any order, and after each step the same sentences hold.

1. A case has exactly one owner: the one live owning row is of the office that the case names.
2. Nobody but the addressee answers a request; for an office outside its sender writes it down.
3. A group is open only to whom the case, her consent, the law or danger to life opens it at that
   moment; what should be open is worked out here, from what was done, by a model of its own.
4. One bed, one body: no bed has two live uses at one moment, and who has a bed has all of it.
5. Every emergency alert ends with a person, or it still rings and the sweep will look at it.
6. Every event has its change and every change its event: replayed from their events, the states
   are those of the rows, and no event starts from a state that was not reached.
7. Only edges that the design names are ever walked, and a refusal changes nothing.
8. A case is closed by two persons, and nothing holds it.
9. Whom a block names sees nothing of the case, whatever else would let him in.
10. A live case has a worker or a clock that waits for one, never both.
"""
