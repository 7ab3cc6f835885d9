"""An index beside the one that is searched: made by a reindex, it takes over space by space.

What a space has is renewed in three parts. Its documents are written anew (`former`): nobody notes
that they changed, so the segments go on to tell what they told, and where a search goes by
documents it is given the former ones. Then segments are made of the documents (`beside`), which no
search reads. Then, in one short transaction, these take over. What writers change meanwhile is
noted by the database as ever, found at once by its new document, and left out of the new segments.
"""
