"""People at the pages, what they read there, and forms that they have open."""

import re
from html import unescape

from memory_hub.accounts import services
from memory_hub.accounts.scopes import every_scope
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory
from testing.clients.browsing import inside
from testing.clients.in_process import Client

TEXT = "one\ntwo\nthree\nfour\nfive\n"


def visitor(email, threads):
    """Somebody at the pages, with a token of that name."""
    person = inside(email)
    _, secret = services.create_token(
        user_id=person.user.pk, scopes=every_scope(), by=OPERATOR, name="laptop"
    )
    person.client = Client(secret, person.user, threads)
    return person


def stored(memory):
    """The memory as the database has it."""
    return Memory.objects.get(doc_id=memory["doc_id"])


def page_of(memory, more=""):
    return f"/memories/{memory['doc_id']}{more}"


def shared(memory, mina, jun, role):
    body = {"permissions": {jun.email: role}}
    path = f"/superthread/permissions/{memory['doc_id']}"
    assert mina.client.post(path, json=body).status_code == 200
    jun.client.post(f"/superthread/shares/{memory['doc_id']}", json={"accept": True})


def words(page):
    """The text of the page's content."""
    content = page.partition('<main id="content"')[2].partition("</main>")[0].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content)).split())


class Window:
    """A form that somebody has open: what its fields hold."""

    def __init__(self, person, path):
        self.person, self.path = person, path
        self.read(person.text(path))

    def read(self, page):
        self.page = page
        form = page.partition('enctype="multipart/form-data"')[2].partition("</form>")[0]
        self.fields = {
            name: unescape(value)
            for name, value in re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', form)
        }
        for name, value in re.findall(
            r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', form, re.S
        ):
            self.fields[name] = unescape(value)
        self.fields.pop("csrfmiddlewaretoken", None)

    def save(self, do="save", **fields):
        """Sends the form as a browser does, whose lines end with CR and LF."""
        self.fields |= fields
        sent = {name: text.replace("\n", "\r\n") for name, text in self.fields.items()}
        answer = self.person.send(self.path, do=do, **sent)
        if answer.status_code != 302:
            self.read(answer.content.decode())
        return answer


def opened(person, memory):
    return Window(person, page_of(memory, "/edit"))
