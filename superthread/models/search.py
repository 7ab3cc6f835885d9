"""The search index: which words stand in which memory. Derived data, renewed by ``reindex``.

No foreign keys: a constraint check per posting would cost more than the posting. What keeps the
tables right is that every change of a memory goes through ``superthread.search.index.indexer``.
"""

from django.db import models


class SearchTerm(models.Model):
    """A word form as the analyzer makes it; ids keep the postings small."""

    id = models.AutoField(primary_key=True)
    text = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "superthread_search_term"

    def __str__(self) -> str:
        return self.text


class SearchPosting(models.Model):
    """A term stands ``frequency`` times in a memory of ``length`` terms (within bounds).

    The length is repeated here so that ranking reads one table, and the holder so that frequencies
    are counted from it alone. Memory ids have 32 bits here: two thousand million memories.
    """

    pk = models.CompositePrimaryKey("term_id", "memory_id")
    term_id = models.IntegerField()
    memory_id = models.IntegerField()
    frequency = models.SmallIntegerField()
    length = models.SmallIntegerField()
    holder = models.SmallIntegerField(default=0, help_text="as search.index.holders tells")
    spellings = models.SmallIntegerField(default=0, help_text="bits, see search.analysis.forms")

    class Meta:
        db_table = "superthread_search_posting"

    def __str__(self) -> str:
        return f"{self.term_id} in {self.memory_id}"


class SearchDocument(models.Model):
    """What is indexed of a memory, to take its postings away again: far smaller than an index."""

    memory_id = models.IntegerField(primary_key=True)
    analyzer = models.SmallIntegerField(help_text="version of the analyzer that made the terms")
    length = models.SmallIntegerField()
    term_ids = models.BinaryField(help_text="ascending ids as differences, 7 bits a byte")
    left_out = models.IntegerField(default=0, help_text="distinct terms beyond limits.TERMS")
    holder = models.SmallIntegerField(default=0, help_text="as in the postings")
    space = models.BigIntegerField(null=True, help_text="the memory's")

    class Meta:
        db_table = "superthread_search_document"

    def __str__(self) -> str:
        return f"memory {self.memory_id}"


class SearchTotal(models.Model):
    """Number of one holder's memories indexed by one analyzer version; the sum over all slots.

    Slots, because one row would make every writer wait for the one before it to commit.
    """

    pk = models.CompositePrimaryKey("analyzer", "holder", "slot")
    analyzer = models.SmallIntegerField()
    holder = models.SmallIntegerField()
    slot = models.SmallIntegerField()
    documents = models.BigIntegerField()

    class Meta:
        db_table = "superthread_search_total"

    def __str__(self) -> str:
        return f"{self.documents} by analyzer {self.analyzer}"


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
