"""What imports and exports have in common: somebody's work in the background on a file, which lies
on the disk of one host."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import models

from superthread.models.memory import new_uuid

WHY_LENGTH = 500
# States of what has not ended.
UNDER_WAY = ("waiting", "running")


class FileJob(models.Model):
    """``state`` is the subclass's: waiting and running, then one of those in which it ended."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", editable=False
    )
    why = models.CharField(max_length=WHY_LENGTH, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=UNDER_WAY, ended_at=None)
                | (~models.Q(state__in=UNDER_WAY) & models.Q(ended_at__isnull=False)),
                name="%(class)s_ended_with_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"


def owners(jobs: type[FileJob], ids: Iterable[UUID]) -> dict[UUID, int]:
    """Whose each of these jobs is, by its id; without what is none."""
    return dict(jobs._default_manager.filter(pk__in=list(ids)).values_list("pk", "owner_id"))


def id_in(said: UUID | str) -> UUID | None:
    """The id that somebody names; None for what is none."""
    try:
        return UUID(str(said))
    except ValueError:
        return None
