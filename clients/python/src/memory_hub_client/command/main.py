"""What is typed, and how it ends: 0 done, 1 not done (said on standard error), 2 not understood."""

import argparse
import getpass
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from memory_hub_client.calls import HubError
from memory_hub_client.command import acts, credentials, signing_in
from memory_hub_client.command.credentials import Credentials
from memory_hub_client.command.failing import Failed
from memory_hub_client.hub import TIMEOUT, Hub

# Control characters but tabs and ends of lines.
_STEERING = re.compile(r"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
ROLES = ("viewer", "editor", "admin", "none")
SCOPES = ("personal", "team", "public", "all")
FORMATS = (
    *("archive", "chatgpt", "claude", "mem0", "mcp-memory", "obsidian", "basic-memory"),
    *("notion", "notes", "jsonl"),
)


def run() -> None:
    """The command itself."""
    sys.exit(main(sys.argv[1:], os.environ))


def main(
    typed: Sequence[str],
    environment: Mapping[str, str],
    transport: httpx.BaseTransport | None = None,
) -> int:
    """Does what is typed; returns with what the command ends."""
    given = parser().parse_args(typed)
    given.environment, given.tell = environment, _complain
    try:
        if given.command in ACCOUNT:
            _say(ACCOUNT[given.command](given, transport))
            return 0
        with _hub(environment, transport) as hub:
            for line in given.act(hub, given):
                _say(line)
    except (Failed, HubError) as error:
        _complain(str(error))
    except httpx.HTTPError as error:
        _complain(f"The hub does not answer: {error}")
    else:
        return 0
    return 1


def _say(line: str) -> None:
    # What others wrote must not steer the terminal; to a file or a pipe it goes as it is.
    told = _STEERING.sub("\ufffd", line) if sys.stdout.isatty() else line
    sys.stdout.write(f"{told}\n")


def _complain(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _hub(environment: Mapping[str, str], transport: httpx.BaseTransport | None) -> Hub:
    """The hub that one is signed in to; a token that is about to end is renewed first."""
    present = Credentials.kept(environment)
    if signing_in.is_old(present):
        with credentials.alone(environment), _client(transport) as client:
            present = Credentials.kept(environment)
            if signing_in.is_old(present):
                present = signing_in.renew(present, client=client)
                present.keep(environment)
    return Hub(present.url, present.token, transport=transport)


def _client(transport: httpx.BaseTransport | None) -> httpx.Client:
    return httpx.Client(transport=transport, timeout=TIMEOUT)


def _login(given: argparse.Namespace, transport: httpx.BaseTransport | None) -> str:
    url = given.url.rstrip("/")
    if given.token:
        secret = getpass.getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()
        found = Credentials(url, secret.strip())
    else:
        with _client(transport) as client:
            found = signing_in.sign_in(url, given.scope, client=client, tell=_complain)
    with Hub(url, found.token, transport=transport) as hub:
        email = hub.me()["email"]
    return f"Signed in as {email}; kept in {found.keep(given.environment)}."


def _logout(given: argparse.Namespace, transport: httpx.BaseTransport | None) -> str:
    credentials.forget(given.environment)
    return "Forgotten here. What it was is ended in your account on the hub."


ACCOUNT = {"login": _login, "logout": _logout}


def parser() -> argparse.ArgumentParser:
    """What can be typed."""
    root = argparse.ArgumentParser(prog="hub", description="Memories of a Memory Hub.")
    commands = root.add_subparsers(dest="command", required=True)

    def add(name: str, act: Any, words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words)
        made.set_defaults(act=act)
        return made

    def of_one(name: str, act: Any, words: str) -> argparse.ArgumentParser:
        made = add(name, act, words)
        made.add_argument("memory", help="its id, or its path in your own space")
        return made

    one = add("login", None, "Sign in, in the browser or with a token.")
    one.add_argument("url", help="the address of the hub")
    one.add_argument("--token", action="store_true", help="with a token, asked for or from stdin")
    one.add_argument(
        "--scope", action="append", default=[], help="what to ask for; may be repeated"
    )
    add("logout", None, "Forget how to sign in.")
    one = add("save", acts.save, "Save a memory.")
    one.add_argument("text", nargs="?", help="its content; else from standard input")
    one.add_argument("--path", help="an address such as notes/deploy.md; what is there is changed")
    one.add_argument("--category")
    one.add_argument("--tag", action="append", help="may be repeated")
    one.add_argument("--scope", choices=("personal", "public"), default="personal")
    one.add_argument("--team", help="the key of the team that it is for")
    one = add("search", acts.search, "Find memories, best first.")
    one.add_argument("words", nargs="+")
    one.add_argument("--limit", type=int, default=10)
    of_one("show", acts.show, "The content of a memory.")
    of_one("edit", acts.edit, "Change a memory in your editor ($EDITOR).")
    one = of_one("log", acts.log, "The versions of a memory, newest first.")
    one.add_argument("--limit", type=int, default=acts.LISTED)
    one = of_one("diff", acts.diff, "What changed between two versions.")
    one.add_argument("old", type=int, help="the number of a version")
    one.add_argument("new", type=int, nargs="?", help="of another; else the present one")
    one = of_one("restore", acts.restore, "Make a version the present one again.")
    one.add_argument("version", type=int, help="its number")
    one = of_one("share", acts.share, "Let somebody read or change a memory, or no longer.")
    one.add_argument("email")
    one.add_argument("role", choices=ROLES, nargs="?", default="viewer")
    _add_transfer(add)
    return root


def _add_transfer(add: Callable[[str, Any, str], argparse.ArgumentParser]) -> None:
    one = add("import", acts.bring_in, "Save what a file or a folder of any program has.")
    one.add_argument("source")
    one.add_argument("--format", choices=FORMATS, help="whose it is; else the hub finds it out")
    one.add_argument(
        "--exchanges", action="store_true", help="of conversations, a memory for each exchange"
    )
    one.add_argument(
        "--dry-run", action="store_true", help="say what would come, and write nothing"
    )
    one.add_argument("--scope", choices=("personal", "public"), help="of what names none")
    one.add_argument("--team", help="the key of the team that it is for")
    one.add_argument("--category", help="of what names none")
    one.add_argument("--verbose", action="store_true", help="say of everything what became of it")
    one = add("export", acts.export, "Write memories into a file or a folder.")
    one.add_argument("target", nargs="?", default="-", help="a file; else to standard output")
    one.add_argument("--scope", choices=SCOPES, help="of JSON Lines; else personal")
    one.add_argument(
        "--format",
        choices=("jsonl", "archive", "markdown"),
        default="jsonl",
        help="jsonl: present states; archive: all of yours with its history, as a hub brings it "
        "back; markdown: a folder of files, or a ZIP",
    )
