"""What of the door staff can edit."""

from django.core.validators import MaxLengthValidator
from django.db import models

# Characters: all of it goes into every conversation.
LONGEST = 8_000


class Instructions(models.Model):
    """What models are told of the hub, in place of its own words; there is one row at most."""

    text = models.TextField(validators=[MaxLengthValidator(LONGEST)])
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "mcp_instructions"
        verbose_name = verbose_name_plural = "instructions to AI clients"

    def __str__(self) -> str:
        return "Instructions to AI clients"
