"""The journal: what happened, in the order in which it became known. It knows no app.

``facts`` what apps say of a change, ``append`` writes it with the change, ``sequencer`` numbers it
on PostgreSQL, ``sealing`` makes alterations known and ``verifying`` finds them, ``keeper`` numbers
and seals unasked, ``unattributed`` writes what nobody told, ``retention`` cuts off what is old.
``tallies`` counts reads and refusals, ``accesses`` writes down how many. ``docs/journal.md`` has
the whole.
"""
