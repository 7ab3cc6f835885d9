"""Mail, sent by tasks: a page neither waits for a mail server nor takes longer for an address that
has an account."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from django_tasks import task

from memory_hub.accounts.models import User
from memory_hub.core.links import link_to


@task()
def deliver(to: str, subject: str, text: str) -> None:
    """Send what is written already: nothing that a reader of the database must not have."""
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])


@task()
def send_reset_link(address: str, language: str) -> None:
    """Send the account of the address, if there is one that may log in, a link that lets its
    password be set. The link is made here: it is in no table."""
    user = User.objects.filter(email=address, is_active=True).first()
    if user is not None:
        send("password_reset", address, language, link=link_to(reset_path(user)))


def send(name: str, to: str, language: str, **words: Any) -> None:
    """Send the mail of the templates ``web/mail/<name>.txt``, whose first line is the subject."""
    with override(language):
        words |= {"hub": settings.HUB_PUBLIC_URL, "address": to}
        subject, _, text = render_to_string(f"web/mail/{name}.txt", words).strip().partition("\n")
    send_mail(subject, text.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [to])


def reset_path(user: User) -> str:
    """Where the user's password can be set once, within PASSWORD_RESET_TIMEOUT."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    token = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=token)
