"""Pages of invitations: those who invite, and those who come by the link."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from memory_hub.accounts.models import Invitation
from memory_hub.accounts.services import invitations
from memory_hub.core.errors import HubError
from web.accounts import mail
from web.accounts.forms import InvitationForm, NewAccountForm, SignUpForm
from web.accounts.visitors import person, stranger


@never_cache
@login_required
def invite(request: HttpRequest) -> HttpResponse:
    """Those that one has made and that stand, and a form for another. Without mail, its link is on
    the page that answers."""
    by = person(request)
    anybody, teams = invitations.invites_anybody(by), invitations.teams_to_invite_to(by)
    form = InvitationForm(request.POST or None, teams=teams, needs_team=not anybody)
    link = None
    if (anybody or teams) and request.method == "POST" and form.is_valid():
        try:
            shown = not settings.HUB_SENDS_MAIL
            made = invitations.invite(**form.cleaned_data, shown=shown, by=by)
            link = _send(request, made)
        except HubError as error:
            form.add_error(None, str(error))
        else:
            form = InvitationForm(teams=teams, needs_team=not anybody)
    page = {
        "form": form if anybody or teams else None,
        "link": link,
        "invitations": invitations.seen_by(by),
        "sends_mail": settings.HUB_SENDS_MAIL,
    }
    return render(request, "web/invitations.html", page)


def _send(request: HttpRequest, made: Invitation) -> str | None:
    """Mails the link, or returns it where there is no mail."""
    if not made.shown:
        mail.send_invitation.enqueue(made.pk, get_language())
        messages.success(request, gettext("The invitation is on its way."))
        return None
    key = invitations.link_key(made)
    return request.build_absolute_uri(reverse("invitation", kwargs={"key": key}))


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: str) -> HttpResponse:
    """Takes an invitation back."""
    try:
        invitations.withdraw(int(pk), by=person(request))
    except HubError as error:
        messages.error(request, str(error))
    return redirect("invitations")


@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Where a link leads. Looking at it uses nothing up: scanners of mail look at links too."""
    found = invitations.find(key)
    if found is None:
        return render(request, "web/invitation_over.html", status=404)
    if request.user.is_authenticated:
        return _for_account(request, key, found)
    form = NewAccountForm(request.POST or None, email=found.email)
    if request.method == "POST" and form.is_valid():
        try:
            return _sign_up(request, key, found, form.cleaned_data["password"])
        except HubError:
            return render(request, "web/invitation_over.html", status=404)
    return render(request, "web/invitation.html", {"invitation": found, "form": form})


def _for_account(request: HttpRequest, key: str, found: Invitation) -> HttpResponse:
    """Whoever is logged in may join by it, where it is for their own address."""
    mine = request.user.email == found.email
    if request.method == "POST" and mine:
        try:
            invitations.accept(key, by=person(request))
        except HubError:
            return render(request, "web/invitation_over.html", status=404)
        return redirect("account_home")
    page = {"invitation": found, "mine": mine}
    status = 403 if request.method == "POST" else 200
    return render(request, "web/invitation_here.html", page, status=status)


def _sign_up(request: HttpRequest, key: str, found: Invitation, password: str) -> HttpResponse:
    user = invitations.sign_up(key, password, by=stranger(request))
    if found.shown:
        # The same whether there was an account before.
        text = gettext("Log in with the address and the password that you have chosen.")
        messages.info(request, text)
        return redirect("account_login")
    if user is None:
        messages.info(request, gettext("You have an account already: log in to join."))
        return redirect_to_login(request.get_full_path())
    return perform_login(request, user)


@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """Where people ask for an account. The answer is the same for every address that may have one:
    the rest is said by mail."""
    if not settings.HUB_SIGNUP.is_public:
        return render(request, "web/sign_up_closed.html", status=404)
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        mail.send_sign_up_link.enqueue(form.cleaned_data["email"], get_language())
        return render(request, "web/mail_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "web/sign_up.html", {"form": form})
