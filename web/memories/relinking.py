"""After a rename: the memories whose links say the old path, and a button that makes them lead to
the present one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext

from memory_hub.accounts.principal import Principal
from memory_hub.rate_limits.bill import charge
from superthread.reads.named import find
from superthread.reads.representation import Row
from superthread.serializers.links import Relinking
from superthread.services import relinking
from web.accounts.visitors import person
from web.memories.page import frame
from web.pages import signed_in, validated


@signed_in("GET", "POST")
def links(request: HttpRequest, doc_id: str) -> HttpResponse:
    """What of others says the path ``from`` and may be edited; a POST rewrites the first of them,
    all or none."""
    by = person(request)
    row = find(doc_id=doc_id, by=by)
    is_asked = request.method != "POST"
    given = request.GET if is_asked else request.POST
    old = validated(Relinking, {"from": given.get("from", "")})["from"]
    ready = relinking.prepare(doc_id=doc_id, old=old, dry_run=is_asked, by=by)
    charge(len(ready.sources))
    if is_asked:
        shown = {"old": old, "sources": [one for one, _ in ready.sources], "more": ready.more}
        return render(request, "web/memories/links.html", frame(row, by) | shown)
    with transaction.atomic():
        done = relinking.carry_out(ready)
    count = len(done.sources)
    said = ngettext("%(n)s memory is changed.", "%(n)s memories are changed.", count)
    messages.success(request, said % {"n": count})
    return redirect(_page(doc_id, old) if done.more else reverse("memory", args=[doc_id]))


def way_on(row: Row, by: Principal) -> str:
    """The page behind a change that is saved: with the links, where a rename left some."""
    offer = relinking.offers([row], by).get(row["id"])
    if offer is None:
        return reverse("memory", args=[row["doc_id"]])
    return _page(str(row["doc_id"]), offer["from"])


def _page(doc_id: str, old: str) -> str:
    asked = urlencode({"from": old}, safe="/")
    return f"{reverse('memory_links', args=[doc_id])}?{asked}"
