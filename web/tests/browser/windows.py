"""A real browser at the pages of accounts: who is to run it, logging in, and where it is."""

from testing.clients.webdriver import Browser

PASSWORD = "correct horse battery staple"


def log_in(browser: Browser, url: str, email: str, password: str = PASSWORD) -> None:
    """Sends the form of the log-in of the hub at ``url``; the page that follows is still coming."""
    browser.open(f"{url}/login")
    browser.type("[name=login]", email)
    browser.type("[name=password]", password)
    browser.click("main [type=submit]")


def at(browser: Browser, path: str) -> None:
    """Waits until this page is there, whole."""
    browser.wait(f"return location.pathname === {path!r} && document.readyState === 'complete'")


def against_the_policy(browser: Browser) -> list[str]:
    """What the policy of a page kept from running or loading."""
    return [one for one in browser.complaints() if "Content Security Policy" in one]
