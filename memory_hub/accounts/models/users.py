"""Accounts by their addresses, and what hangs on one account alone."""

import unicodedata
from contextlib import suppress

import idna
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from memory_hub.accounts.addresses import note_address
from memory_hub.accounts.events import AccountChanged, AccountKind, telling
from memory_hub.core.identity import OPERATOR, Identity
from memory_hub.events.telling import tell

LONGEST_DOMAIN = 255  # characters, RFC 1035


def normal_email(address: str) -> str:
    """The one spelling of an address under which accounts, grants and memberships meet.

    Lower case, the domain as it is asked for in the DNS: ``mina@Bücher.example`` and
    ``mina@xn--bcher-kva.example`` are one address (UTS 46, IDNA 2008). A domain that is none stays
    as it is, for validation to refuse.
    """
    name, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    return f"{name.lower()}{at}{_asked_for(domain)}"


def _asked_for(domain: str) -> str:
    lower = domain.lower()
    if len(domain) > LONGEST_DOMAIN or (lower.isascii() and "xn--" not in lower):
        return lower
    with suppress(idna.IDNAError):
        return idna.encode(domain, uts46=True).decode()
    return lower


class UserManager(BaseUserManager):
    def create_user(
        self,
        email: str,
        password: str | None = None,
        *,
        encoded: str = "",
        by: Identity = OPERATOR,
        **fields,
    ) -> "User":
        """A user who logs in with this address; without a password, by token only. Who has a
        transaction gives it ``encoded``: hashing takes long. Unless told, it is whoever stands at
        the machine that makes it: Django's commands come here."""
        user = self.model(email=normal_email(email), **fields)
        user.password = encoded or make_password(password)
        user.full_clean(exclude=["password"])
        with transaction.atomic(), telling():
            user.save(using=self._db)
            note_address(user, proven=user.is_proven)
            tell(AccountChanged(by.actor, by.origin, AccountKind.CREATED, user.pk, user.email))
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str) -> "User":
        return self.get(email=normal_email(username))


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField("e-mail address", max_length=254, unique=True)
    is_staff = models.BooleanField("may enter the admin", default=False)
    is_active = models.BooleanField("active", default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    # Who invited somebody whose address nobody has proven: of what waits for that address, only
    # what this person gives counts.
    vouched_by = models.EmailField(max_length=254, default="", db_default="", editable=False)
    # Which one pages and mails speak, as a code such as "ko"; empty: that of the browser.
    language = models.CharField(max_length=8, default="", db_default="", editable=False)

    USERNAME_FIELD = "email"
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_proven(self) -> bool:
        """Whether the address is known to be the user's."""
        return not self.vouched_by

    def clean(self) -> None:
        super().clean()
        self.email = normal_email(self.email)


class Block(models.Model):
    """An address from which a user wants to be offered nothing."""

    user = models.ForeignKey(User, models.CASCADE, related_name="blocks", editable=False)
    email = models.EmailField("e-mail address", max_length=254, editable=False)

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["user", "email"], name="one_block_per_address"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="block_email_lower"),
        ]

    def __str__(self) -> str:
        return f"{self.email} by {self.user_id}"


class AddressChange(models.Model):
    """The address that a user wants to have instead, until its mail has proven it: one at a time.

    Whether anybody has the address is not asked here: nobody is to learn it."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+", editable=False)
    email = models.EmailField("e-mail address", max_length=254, editable=False)
    asked_at = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="address_change_email_lower"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.user_id}"
