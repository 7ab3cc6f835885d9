"""The end of an account by its own wish: nothing of it is left but what others hold."""

from django.db import transaction
from django.db.models import CASCADE

from memory_hub.accounts.addresses import leave_address
from memory_hub.accounts.events import AccountChanged, AccountKind, telling
from memory_hub.accounts.models import Membership, TeamRole, User
from memory_hub.accounts.services.operators import delete_user, is_held, remove_membership
from memory_hub.caching import covering
from memory_hub.caching.invalidation import outdate_everything
from memory_hub.core.errors import Conflict
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell

# Nobody's address: RFC 2606 keeps the domain for that.
NAME = "deleted-{}@deleted.invalid"


def obstacles(user: User) -> list[str]:
    """The keys of the teams, with others in them or memories, whose only admin is the user."""
    led = Membership.objects.filter(email=user.email, role=TeamRole.ADMIN)
    found = []
    for place in led.select_related("team").order_by("team__key"):
        others = Membership.objects.filter(team=place.team).exclude(pk=place.pk)
        admins = others.filter(role=TeamRole.ADMIN).values("email")
        is_alone = not others.exists() and not is_held(place.team)
        if not is_alone and not User.objects.filter(email__in=admins, is_active=True).exists():
            found.append(place.team.key)
    return found


def is_last_superuser(user: User) -> bool:
    """Whether nobody else could administer the hub."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and not others.exists()


@transaction.atomic
@telling()
def shut(user: User, *, by: Identity) -> None:
    """Ends all ways in, for good, before what is the user's is deleted.

    Raises Conflict where a team or the hub would be nobody's.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if obstacles(user) or is_last_superuser(user):
        raise Conflict("Somebody else has to administer the teams and the hub first.")
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "is_staff", "is_superuser", "password"])
    kind = AccountKind.DEACTIVATED
    tell(AccountChanged(by.actor, by.origin, kind, user.pk, user.email))


@transaction.atomic
@covering("accounts_user", "accounts_user.email", "accounts_token", "accounts_membership")
def close(user: User, *, by: Identity) -> None:
    """Deletes the account. Where others' memories and teams have something that it wrote, a row
    without a person stays in its place."""
    if not is_held(user):
        delete_user(user, by=by)
        return
    for place in list(Membership.objects.filter(email=user.email).select_related("team")):
        remove_membership(place, by=by)
    # Told first, as of an account of which nothing is left.
    tell(AccountChanged(by.actor, by.origin, AccountKind.DELETED, user.pk, user.email))
    for relation in user._meta.get_fields(include_hidden=True):
        if relation.auto_created and getattr(relation, "on_delete", None) is CASCADE:
            relation.related_model.objects.filter(**{relation.field.name: user}).delete()
    # The address is in everybody's answers.
    outdate_everything()
    leave_address(user.pk, user.email, user.vouched_by)
    user.email = NAME.format(user.pk)
    user.vouched_by, user.last_login = "", None
    user.save(update_fields=["email", "vouched_by", "last_login"])
