"""Pages by which people prove that their address is theirs, and get another one."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from memory_hub.accounts import proofs
from memory_hub.accounts.services import readdressing
from memory_hub.accounts.services.proving import prove
from memory_hub.core.errors import Conflict
from web.accounts import mail
from web.accounts.forms import AnotherAddressForm
from web.accounts.visitors import person


@require_POST
@login_required
def ask_for_proof(request: HttpRequest) -> HttpResponse:
    """Sends a mail to one's own address, while nobody has proven it."""
    user = request.user
    if settings.HUB_SENDS_MAIL and not user.is_proven:
        mail.send_proof.enqueue(user.email, user.pk, get_language())
        messages.success(request, gettext("The mail is on its way."))
    return redirect("account_home")


@never_cache
@login_required
def prove_address(request: HttpRequest, key: str) -> HttpResponse:
    """Where the link of that mail leads; the button there proves it."""
    proof = proofs.read(key)
    if proof is None or not proof.is_for(request.user):
        return render(request, "web/proof_over.html", status=404)
    if request.method != "POST":
        return render(request, "web/proof.html", {"address": proof.address})
    prove(request.user.pk, by=person(request))
    messages.success(request, gettext("The address is proven to be yours."))
    return redirect("account_home")


@never_cache
@login_required
@reauthentication_required
def ask_for_another(request: HttpRequest) -> HttpResponse:
    """Sends a mail to the address that somebody wants for their account. The answer is the same for
    every address: the rest is said by mail."""
    if not settings.HUB_SENDS_MAIL:
        return render(request, "web/address.html")
    form = AnotherAddressForm(request.POST or None, present=request.user.email)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        readdressing.ask(address, by=person(request))
        mail.send_change_link.enqueue(address, request.user.pk, get_language())
        return render(request, "web/mail_sent.html", {"email": address})
    return render(request, "web/address.html", {"form": form})


@never_cache
@login_required
def take_another(request: HttpRequest, key: str) -> HttpResponse:
    """Where the link of that mail leads; the button there carries it out, once."""
    proof = proofs.read_change(key)
    if proof is None or not proof.is_for(request.user):
        return render(request, "web/proof_over.html", status=404)
    if request.method != "POST":
        return render(request, "web/proof.html", {"address": proof.address})
    try:
        readdressing.take(proof, by=person(request), session=request.session.session_key)
    except Conflict:
        return render(request, "web/proof_over.html", status=404)
    messages.success(request, gettext("The address of your account is changed."))
    return redirect("account_home")
