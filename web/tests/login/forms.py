"""The form of the log-in, as a browser sends it."""

from testing.clients.admin_site import PASSWORD

NEW = "another long pass phrase"
MINA, JUN = "mina@example.com", "jun@example.com"


def send(browser, path, **fields):
    form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value, **fields}
    return browser.post(path, form)


def log_in(browser, address=MINA, password=PASSWORD, **fields):
    return send(browser, "/login", login=address, password=password, **fields)
