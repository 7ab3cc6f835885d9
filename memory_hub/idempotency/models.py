"""What the hub remembers of a key."""

from django.conf import settings
from django.db import models
from django.utils import timezone

KEY_LENGTH = 255
SUBJECT_LENGTH = 128


class State(models.IntegerChoices):
    """How far the request with the key came."""

    # By an async handler, whose effect is outside the database.
    BEGUN = 0, "begun"
    DONE = 1, "done"
    # It failed in a way that leaves open whether it had an effect.
    UNKNOWN = 2, "unknown"
    # Done, but what it answered has been purged.
    FORGOTTEN = 3, "forgotten"
    # Some parts were done, each with its results.
    IN_PARTS = 4, "in parts"


class KeptAnswer(models.Model):
    """The first answer to a write with a key, of one user."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=KEY_LENGTH)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path, query, body")
    state = models.PositiveSmallIntegerField(choices=State.choices)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=list)
    body = models.BinaryField(default=bytes)
    is_sealed = models.BooleanField(
        default=False, help_text="the body can be read with the caller's token only"
    )
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}, {self.get_state_display()}"


class KeptPart(models.Model):
    """What a part of a request has done that is carried out in several transactions."""

    answer = models.ForeignKey(KeptAnswer, models.CASCADE, related_name="parts", db_index=False)
    start = models.PositiveIntegerField(help_text="place of the first item in the request")
    results = models.JSONField(help_text="of the items, as the answer tells them")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "start"], name="one_result_per_part"),
        ]

    def __str__(self) -> str:
        return f"from {self.start} of answer {self.answer_id}"


class KeptSubject(models.Model):
    """A memory whose text a kept answer repeats: purging the memory empties the answer."""

    answer = models.ForeignKey(KeptAnswer, models.CASCADE, related_name="subjects")
    doc_id = models.CharField(max_length=SUBJECT_LENGTH, db_index=True)

    def __str__(self) -> str:
        return self.doc_id
