"""Changing what models are told."""

from django.db import transaction

from integrations.mcp import instructing
from integrations.mcp.events import InstructionsChanged, InstructionsKind
from integrations.mcp.models import Instructions
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell

ONLY = 1  # the key of the one row


@transaction.atomic
def instruct(text: str, *, by: Identity) -> None:
    """Has models told this from now on: here at once, by other workers within seconds."""
    Instructions.objects.update_or_create(pk=ONLY, defaults={"text": text})
    _tell(InstructionsKind.UPDATED, by)


@transaction.atomic
def reset(*, by: Identity) -> None:
    """Has models told the hub's own words again."""
    Instructions.objects.all().delete()
    _tell(InstructionsKind.RESET, by)


def _tell(kind: InstructionsKind, by: Identity) -> None:
    tell(InstructionsChanged(by.actor, by.origin, kind))
    transaction.on_commit(instructing.forget)
