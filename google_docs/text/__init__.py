"""A Google Doc as plain text, and a change of that text as the edits that leave the rest alone.

`canonical` is the one form of a text, `document` reads documents.get into pieces (what is shown
and where it stands), `alignment` finds what differs, `edits` turns that into requests.
"""
