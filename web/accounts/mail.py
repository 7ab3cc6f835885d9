"""Mail, sent by tasks: a page neither waits for a mail server nor takes longer for an address that
has an account."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django_tasks import task

from memory_hub.accounts import proofs
from memory_hub.accounts.addresses import is_free
from memory_hub.accounts.models import User
from memory_hub.accounts.reset_links import mailed_path
from memory_hub.accounts.services import invitations
from memory_hub.accounts.services.blocks import who_blocked
from memory_hub.core.identity import HUB
from memory_hub.core.links import link_to
from memory_hub.jobs.models import QueuedTask

# Mails that strangers may have sent to one address.
MOST_IN_AN_HOUR = 5
# The result of a task that did send one.
SENT = "sent"


@task()
def deliver(to: str, subject: str, text: str) -> None:
    """Send what is written already: nothing that a reader of the database must not have."""
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])


@task()
def send_reset_link(address: str, language: str) -> str | None:
    """Send the account of the address, if there is one that may log in, a link that lets its
    password be set. The link is made here: it is in no table."""
    user = User.objects.filter(email=address, is_active=True).first()
    if user is None or is_enough(address):
        return None
    return send("password_reset", address, language, link=link_to(mailed_path(user)))


def send(name: str, to: str, language: str, **words: Any) -> str:
    """Send the mail of the templates ``web/mail/<name>.txt``, whose first line is the subject, and
    return SENT. An account with the address is written to in the language it has chosen, if any;
    else it is ``language``."""
    chosen = User.objects.filter(email=to).exclude(language="").values_list("language", flat=True)
    with override(chosen.first() or language):
        words |= {"hub": settings.HUB_PUBLIC_URL, "address": to}
        subject, _, text = render_to_string(f"web/mail/{name}.txt", words).strip().partition("\n")
    send_mail(subject, text.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [to])
    return SENT


def is_enough(address: str) -> bool:
    """Whether so many mails went to the address of late that nobody can want another one: anybody
    may ask for them."""
    lately = timezone.now() - timedelta(hours=1)
    # Asked for is not sent: else who asks without end would keep every mail away.
    sent = QueuedTask.objects.filter(
        path__startswith=f"{__name__}.", args__0=address, result=SENT, finished_at__gt=lately
    )
    return sent.count() >= MOST_IN_AN_HOUR


@task()
def send_sign_up_link(address: str, language: str) -> str | None:
    """Send the owner of the address a link to make an account, or say that there is one."""
    if not settings.HUB_SIGNUP.admits(address) or is_enough(address):
        return None
    if not is_free(address):
        return send("has_account", address, language, link=link_to(reverse("account_login")))
    _, key = invitations.invite_oneself(address, by=HUB)
    return send("sign_up", address, language, link=_invitation_link(key))


@task()
def send_invitation(pk: int, language: str) -> None:
    """Send an invitation, with a link of which only the mail knows. Not to who has blocked the one
    who invites."""
    invitation = invitations.valid().filter(pk=pk).select_related("made_by", "team").first()
    if invitation is None or who_blocked(invitation.made_by.email, [invitation.email]):
        return
    link = _invitation_link(invitations.link_key(invitation))
    team = invitation.team.key if invitation.team else ""
    words = {"inviter": invitation.made_by.email, "team": team, "link": link}
    send("invitation", invitation.email, language, **words)


def _invitation_link(key: str) -> str:
    return link_to(reverse("invitation", kwargs={"key": key}))


@task()
def send_proof(address: str, user_id: int, language: str) -> str | None:
    """Send the address a link by which the user, logged in, proves that it is theirs."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or is_enough(address):
        return None
    key = proofs.key_of(user, address)
    link = link_to(reverse("prove_address", kwargs={"key": key}))
    return send("proof", address, language, link=link)


@task()
def send_change_link(address: str, user_id: int, language: str) -> str | None:
    """Send the address a link by which the user, logged in, makes it the one of their account; or
    say that it has an account already."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or is_enough(address):
        return None
    if not is_free(address):
        return send("address_taken", address, language)
    key = proofs.change_key_of(user, address)
    link = link_to(reverse("take_address", kwargs={"key": key}))
    return send("address_change", address, language, link=link)


@task()
def send_address_changed(former: str, address: str, language: str) -> None:
    """Tell the address that an account had that it has another one."""
    send("address_changed", former, language, another=address)


@task()
def send_webhook_paused(user_id: int, host: str, reason: str, language: str) -> None:
    """Tell the owner of a webhook that nothing is sent to it any more, and why."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        send("webhook_paused", user.email, language, host=host, reason=reason)
