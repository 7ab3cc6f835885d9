"""How many memories there are and what they take, counted as they change: for statistics.

Triggers keep both, in the transaction of each change and whoever makes it (migration 0026; a
migration that makes a table anew on SQLite has to make them anew). What is alive or expired counts,
what is in the trash does not. A transaction counts in a slot that no other one counts in meanwhile;
the sums over all slots are right.
"""

from django.db import models

from superthread import limits


class Tally(models.Model):
    """The memories of a space in a category, and the bytes of their contents."""

    pk = models.CompositePrimaryKey("space", "category", "slot")
    space = models.BigIntegerField()
    category = models.CharField(max_length=limits.CATEGORY_LENGTH)
    slot = models.IntegerField()
    memories = models.BigIntegerField()
    size = models.BigIntegerField()

    class Meta:
        db_table = "superthread_tally"

    def __str__(self) -> str:
        return f"{self.memories} in {self.space}, {self.category}"


class Kept(models.Model):
    """The bytes of all versions of an owner's memories in a space."""

    pk = models.CompositePrimaryKey("space", "owner_id", "slot")
    space = models.BigIntegerField()
    owner_id = models.BigIntegerField()
    slot = models.IntegerField()
    size = models.BigIntegerField()

    class Meta:
        db_table = "superthread_kept"

    def __str__(self) -> str:
        return f"{self.size} bytes of {self.owner_id} in {self.space}"
