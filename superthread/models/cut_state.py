"""What memories were when retention cut off their last entries."""

from django.db import models


class CutState(models.Model):
    """Of a memory whose entries were cut off, what the newest of these said of its state; the
    columns and their names are those of the journal's entries. Nobody's name is in it."""

    subject_id = models.BigIntegerField(primary_key=True, help_text="the memory")
    position = models.BigIntegerField(unique=True, help_text="of the entry that was cut off")
    at = models.DateTimeField(help_text="when that became known")
    kind = models.CharField(max_length=32)
    doc_id = models.UUIDField()
    revision = models.BigIntegerField(null=True)
    version = models.BigIntegerField()
    owner_id = models.BigIntegerField(null=True)
    space = models.BigIntegerField(null=True)

    class Meta:
        db_table = "superthread_cut_state"
        indexes = [models.Index("space", "position", name="cut_state_of_space")]

    def __str__(self) -> str:
        return f"{self.position} of {self.subject_id}"
