"""Users, tokens, teams, memberships. The database holds every rule it can."""

import unicodedata
from contextlib import suppress

import idna
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from memory_hub.accounts import scopes
from memory_hub.accounts.addresses import note_address
from memory_hub.accounts.events import AccountChanged, AccountKind, telling
from memory_hub.accounts.restrictions import CATEGORY_LENGTH, PREFIX_LENGTH, Restriction
from memory_hub.core.identity import OPERATOR, Identity
from memory_hub.events.telling import tell

TEAM_KEY_LENGTH = 64
ADDRESS_LENGTH = 2048  # characters of a URL: clients and resources are named by theirs
# As who invited, of places that follow groups of single sign-on: no address, so that nobody can be
# mistaken for it, and none is vouched for by it.
GROUPS = "groups"
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


class Token(models.Model):
    """An API token; its text is known to its holder only."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=64, default="token")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField(max_length=12, editable=False)
    scopes = models.JSONField(default=list)
    made_by = models.ForeignKey(
        "self",
        models.CASCADE,
        related_name="made",
        null=True,
        editable=False,
        help_text="the token that made this one, which ends with it",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What it is restricted to, as `restrictions.Restriction` tells. The database's defaults are for
    # rows of the version before, which knew none of it.
    read_only = models.BooleanField(default=False, db_default=False, editable=False)
    only_personal = models.BooleanField(default=False, db_default=False, editable=False)
    only_teams = models.JSONField(null=True, editable=False, help_text="ids, also of deleted ones")
    only_category = models.CharField(max_length=CATEGORY_LENGTH, null=True, editable=False)  # noqa: DJ001 - null: for all
    only_below = models.CharField(max_length=PREFIX_LENGTH, null=True, editable=False)  # noqa: DJ001 - null: for all
    # Whom the user lets act for them, where somebody does, and at what address the token is good.
    client = models.CharField(max_length=ADDRESS_LENGTH, null=True, editable=False)  # noqa: DJ001 - null: its user
    resource = models.CharField(max_length=ADDRESS_LENGTH, null=True, editable=False)  # noqa: DJ001 - null: anywhere

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="token_expires_after_creation"
            ),
            # What looks like a restriction must not be read as none.
            models.CheckConstraint(condition=~Q(only_teams=[]), name="token_only_teams_not_empty"),
            models.CheckConstraint(
                condition=~Q(only_category=""), name="token_only_category_not_empty"
            ),
            models.CheckConstraint(condition=~Q(only_below=""), name="token_only_below_not_empty"),
            models.CheckConstraint(
                condition=~Q(client="") & ~Q(resource=""), name="token_client_not_empty"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "client"], condition=Q(client__isnull=False), name="token_of_client"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.user_id}"

    @property
    def scope_names(self) -> list[str]:
        return [name for name in scopes.every_scope() if name in self.scopes]

    @property
    def restriction(self) -> Restriction:
        """What it is restricted to."""
        return Restriction.of_columns(vars(self))


class DefaultRole(models.TextChoices):
    VIEWER = "viewer"
    EDITOR = "editor"


class TeamRole(models.TextChoices):
    MEMBER = "member"
    ADMIN = "admin"


class Team(models.Model):
    key = models.CharField(max_length=TEAM_KEY_LENGTH, unique=True)
    name = models.CharField(max_length=128, blank=True)
    default_role = models.CharField(
        max_length=6,
        choices=DefaultRole.choices,
        default=DefaultRole.VIEWER,
        help_text="what a plain member may do with the team's memories",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="team_has_key"),
            models.CheckConstraint(
                condition=Q(default_role__in=DefaultRole.values), name="team_default_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Membership(models.Model):
    """By address: it takes effect when an account with that address appears.

    Until it is accepted it is an invitation: it counts by the id of a memory, and puts nothing into
    anybody's lists and searches.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    email = models.EmailField("e-mail address", max_length=254, db_index=True)
    role = models.CharField(max_length=6, choices=TeamRole.choices, default=TeamRole.MEMBER)
    # The database's default is for rows of the version before, which knew no invitations.
    accepted = models.BooleanField(default=False, db_default=True, editable=False)
    invited_by = models.EmailField(max_length=254, default="", db_default="", editable=False)

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["team", "email"], name="one_membership_per_address"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="membership_email_lower"
            ),
            models.CheckConstraint(
                condition=Q(role__in=TeamRole.values), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} in {self.team_id}"

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


class Invitation(models.Model):
    """A link by which somebody makes an account for this address, or joins a team with it.

    Of its key only the SHA-256 is kept. Without ``made_by`` the owner of the address asked for it.
    """

    email = models.EmailField("e-mail address", max_length=254, db_index=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+", editable=False)
    role = models.CharField(max_length=6, choices=TeamRole.choices, blank=True, editable=False)
    made_by = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", editable=False)
    shown = models.BooleanField(
        editable=False, help_text="to who made it, instead of being mailed: it proves no address"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    used = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="invitation_email_lower"
            ),
            models.CheckConstraint(
                condition=Q(team=None, role="") | Q(team__isnull=False, role__in=TeamRole.values),
                name="invitation_role_of_a_team",
            ),
            models.CheckConstraint(
                condition=Q(used=False) | Q(ended_at__isnull=False), name="invitation_used_is_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"for {self.email}"
