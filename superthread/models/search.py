"""The search index: which words stand in which memory. Derived data, renewed by ``reindex``.

What is true of a memory is its document. The documents of a space are folded, some hundred at a
time, into segments that searches read; what is newer than the segments, or has outdated something
in them, is fresh. Triggers note what is fresh, whoever writes documents (migration 0028).

No foreign keys: documents go with their memories by ``superthread.search.index.indexer``.
"""

from django.db import models


class SearchTerm(models.Model):
    """A word form as the analyzer makes it; ids keep documents and postings small."""

    id = models.AutoField(primary_key=True)
    text = models.CharField(max_length=64, unique=True)
    usual = models.SmallIntegerField(default=0, help_text="bits of the spelling it first had")

    class Meta:
        db_table = "superthread_search_term"

    def __str__(self) -> str:
        return self.text


class SearchDocument(models.Model):
    """What is indexed of a memory. Without ``terms`` it was written by the release before, which
    has ``term_ids`` and ``holder``; the hub then indexes the memory anew."""

    memory_id = models.IntegerField(primary_key=True)
    analyzer = models.SmallIntegerField(help_text="version of the analyzer that made the terms")
    length = models.SmallIntegerField()
    term_ids = models.BinaryField(default=b"", help_text="of the release before")
    left_out = models.IntegerField(default=0, help_text="distinct terms beyond limits.TERMS")
    holder = models.SmallIntegerField(default=0, help_text="of the release before")
    space = models.BigIntegerField(null=True, help_text="the memory's")
    terms = models.BinaryField(null=True, help_text="see search.index.packing")
    counts = models.BinaryField(null=True, help_text="see search.index.packing")

    class Meta:
        db_table = "superthread_search_document"
        indexes = (
            models.Index(
                fields=["memory_id"], condition=models.Q(terms=None), name="search_document_unread"
            ),
        )

    def __str__(self) -> str:
        return f"memory {self.memory_id}"


class SearchFresh(models.Model):
    """A memory of which the segments of a space do not tell what is so: its document does, where
    it is of this space. ``known``: a segment may have it."""

    pk = models.CompositePrimaryKey("space", "memory_id")
    space = models.BigIntegerField()
    memory_id = models.IntegerField()
    known = models.SmallIntegerField()

    class Meta:
        db_table = "superthread_search_fresh"

    def __str__(self) -> str:
        return f"memory {self.memory_id} in {self.space}"


class SearchSegment(models.Model):
    """The documents of some memories of a space, by their terms. What it holds never changes, but
    ``gone``, the places of memories that others or none have by now."""

    id = models.AutoField(primary_key=True)
    stamp = models.BigIntegerField(help_text="a number that no other segment has")
    space = models.BigIntegerField(db_index=True)
    analyzer = models.SmallIntegerField(help_text="version of the analyzer that made the terms")
    memories = models.IntegerField()
    postings = models.IntegerField()
    first = models.IntegerField(help_text="the least id of a memory")
    last = models.IntegerField(help_text="the greatest")
    gone = models.BinaryField(help_text="places, 2 bytes each")

    class Meta:
        db_table = "superthread_search_segment"

    def __str__(self) -> str:
        return f"{self.memories} of {self.space}"


class SearchPage(models.Model):
    """Postings of a segment: its key is the segment's by 31 bits, and the last of its terms; of
    term 0 are the segment's memories. ``entries`` are those of a page with one term, ``best`` what
    they count for at most."""

    key = models.BigIntegerField(primary_key=True)
    entries = models.IntegerField()
    data = models.BinaryField(help_text="see search.index.pages")
    best = models.BigIntegerField(
        default=0, db_default=0, help_text="see search.index.bests; 0 where it is not known"
    )

    class Meta:
        db_table = "superthread_search_page"

    def __str__(self) -> str:
        return f"{self.key >> 31}: {self.key & 0x7FFFFFFF}"


class SearchWord(models.Model):
    """A Latin word that stands, or stood, in some memory of this holder: for near spellings.

    By holder, so that nobody's words are looked through for anybody else.
    """

    pk = models.CompositePrimaryKey("holder", "text")
    holder = models.SmallIntegerField()
    text = models.CharField(max_length=64)

    class Meta:
        db_table = "superthread_search_word"

    def __str__(self) -> str:
        return self.text
