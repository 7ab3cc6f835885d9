"""What memories link to, as it was recognised when they were written."""

from django.db import models


class Link(models.Model):
    """A link from a memory to whatever its text names, there or not, in the memory's space."""

    id = models.BigAutoField(primary_key=True)
    # Deleted with the memory, by the database.
    memory_id = models.BigIntegerField()
    space = models.BigIntegerField(help_text="the memory's")
    kind = models.PositiveSmallIntegerField(choices=[(1, "wiki"), (2, "markdown")])
    text = models.TextField(help_text="a path from the top, or a title")
    target = models.TextField(help_text="what is one for all spellings of a path")

    class Meta:
        db_table = "superthread_link"
        indexes = [
            models.Index(fields=["memory_id"], name="link_of_memory"),
            models.Index(fields=["space", "target", "id"], name="link_to"),
        ]

    def __str__(self) -> str:
        return f"link of memory {self.memory_id}"
