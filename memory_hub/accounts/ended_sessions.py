"""Whoever goes on with a session, as a stream does, is to hear of its end."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete
from django.dispatch import receiver

from memory_hub.caching import bump_after_commit
from memory_hub.caching.dependencies import caller_key


@receiver(post_delete, sender=Session)
def tell(instance: Session, **_: Any) -> None:
    """Its user is asked for anew: logged out, another password, ended from another device."""
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id is not None:
        bump_after_commit(caller_key(int(user_id)))
