"""The offer of a memory to another owner; accepted, it is gone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from superthread.models.memory import Memory


class Transfer(models.Model):
    """By address, as grants are: whether it has an account is told to nobody."""

    memory = models.OneToOneField(Memory, models.CASCADE, related_name="transfer", editable=False)
    email = models.EmailField("e-mail address", max_length=254, db_index=True, editable=False)
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", editable=False
    )
    offered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="transfer_email_lower"),
        ]

    def __str__(self) -> str:
        return f"offer of {self.memory_id}"
