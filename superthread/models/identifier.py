"""The identifiers in the metadata of memories, as they were when these were written."""

from django.db import models

from superthread.identifiers import LONGEST, NUMBERS


class Identifier(models.Model):
    """One member of a memory's metadata that says for whom or of what it is."""

    id = models.BigAutoField(primary_key=True)
    # Deleted with the memory, by the database.
    memory_id = models.BigIntegerField()
    space = models.BigIntegerField(help_text="the memory's")
    name = models.PositiveSmallIntegerField(choices=[(n, name) for name, n in NUMBERS.items()])
    value = models.CharField(max_length=LONGEST)

    class Meta:
        db_table = "superthread_identifier"
        indexes = [
            models.Index(fields=["memory_id"], name="identifier_of_memory"),
            models.Index(fields=["name", "value", "space", "memory_id"], name="identified_by"),
            models.Index(fields=["space", "name", "value", "memory_id"], name="identified_in"),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()} of memory {self.memory_id}"
