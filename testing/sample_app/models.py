from django.conf import settings
from django.db import models


class Note(models.Model):
    writer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    text = models.TextField()
    seen = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"note {self.pk}"
