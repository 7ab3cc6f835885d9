"""Changing the address of one's account, as a person does it."""

from testing.clients.browsing import PASSWORD, link_in_mail

PAGE = "/account/email"
MINA, NEW, JUN, LEAD = (f"{name}@example.com" for name in ("mina", "new", "jun", "lead"))


def confirmed(person):
    """The same person, who has just given the password."""
    person.send("/account/confirm", password=PASSWORD, next=PAGE)
    return person


def asked(person, address=NEW):
    """The path of the link that is mailed to the address."""
    assert person.send(PAGE, email=address).status_code == 200
    return link_in_mail(address.lower())


def change(person, address=NEW):
    """Asks, opens the link, and presses the button."""
    path = asked(person, address)
    assert person.send(path).status_code == 302
    person.user.refresh_from_db()
