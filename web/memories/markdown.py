"""Markdown of a memory as HTML of the page that shows it: nothing of it ever runs or is loaded.

No HTML is taken from a text: what looks like some is shown as it is written. Addresses are links
for http, https and mailto alone; pictures are links; a link to a memory is one where the reader may
see that memory. What comes out is looked through once more, by another library.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import nh3
from django.utils.html import escape
from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from memory_hub.rate_limits.bill import charge
from superthread import limits
from superthread.links import WrittenLink, link_of
from superthread.titles import FRONT_MATTER
from web.memories.prices import RENDERED_BYTES

# Characters that are shown formatted; a text of nothing but brackets takes a second for as many.
LONGEST = 65_536
NESTING = 20
# Signs that turn the order of what is read (UAX #9) without a trace: each is shown by its name.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BARE = re.compile(r"https?://[^\s<>\"'`\\^{|}\]]+", re.IGNORECASE)
_NOT_LAST = ".,:;!?*_~…。、，"
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_WIKI = re.compile(r"\[\[([^\[\]\n]{1,1024})\]\]")
_ALLOWED = {
    *("p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "a", "span", "div"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("h2", "h3", "h4", "h5", "h6"),
}
_CLASSES = {
    "span": {"missing"},
    "div": {"wide"},
    **{cell: {"left", "center", "right"} for cell in ("th", "td")},
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "span": {"title"},
    **{name: {"tabindex"} for name in ("pre", "div")},
    **{
        name: {"dir"}
        for name in ("p", "blockquote", "ul", "ol", "table", "h2", "h3", "h4", "h5", "h6")
    },
}
_BLOCKS = frozenset(_ATTRIBUTES) - {"a", "span", "pre", "div"}

# The memories that links lead to, as ``reads.links`` tells them.
Leading = Mapping[WrittenLink, Mapping[str, Any]]


class Rendered(NamedTuple):
    """``html`` is safe; ``front`` the front matter as it is written; ``is_cut`` where the text goes
    on behind what is shown; ``turns`` where signs are in it that turn the order of reading."""

    html: str
    front: str
    is_cut: bool
    turns: bool


def render(
    text: str,
    *,
    path: str | None,
    leading: Callable[[Sequence[WrittenLink]], Leading],
    address: Callable[[str], str],
    title: str = "",
) -> Rendered:
    """The text of a memory at this path. ``leading`` finds the memories of its links, all at once;
    ``address`` is the page of a doc_id. A heading that the text begins with is left out where it is
    the ``title``, which the page has above it. Raises RateLimited."""
    shown, is_cut = _beginning(text)
    charge(len(shown.encode()) // RENDERED_BYTES)
    block = FRONT_MATTER.match(shown)
    front = block[1] if block else ""
    body = visible(shown[block.end() :] if block else shown)
    tokens = _without_title(_parser().parse(body), title)
    inline = [child for token in tokens for child in token.children or ()]
    links = [link for token in inline if (link := _link_in(token, path))]
    found = leading(list(dict.fromkeys(links))[: limits.LINKS]) if links else {}
    for token in tokens:
        if token.children:
            token.children = list(_told(token.children, path, found, address))
    html = _parser().renderer.render(tokens, _parser().options, {})
    turns = _TURNING.search(shown) is not None
    return Rendered(_clean(html), visible(front), is_cut, turns)


def _without_title(tokens: list[Token], title: str) -> list[Token]:
    if not tokens or tokens[0].type != "heading_open":
        return tokens
    words = "".join(child.content for child in tokens[1].children or ())
    return tokens[3:] if title and words.strip() == title else tokens


def visible(text: str) -> str:
    """The text with signs that turn the order of reading shown by their names."""
    return _TURNING.sub(lambda sign: f"⟨U+{ord(sign[0]):04X}⟩", text)


def _beginning(text: str) -> tuple[str, bool]:
    """As much as is shown formatted, to the end of a line, and whether there is more."""
    if len(text) <= LONGEST:
        return text, False
    end = text.rfind("\n", LONGEST // 2, LONGEST)
    return text[: LONGEST if end < 0 else end + 1], True


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": NESTING})
    made.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    # Whether an address is one is decided below, for all kinds of links.
    made.validateLink = lambda address: True
    made.inline.ruler.before("link", "wiki", _wiki)
    made.core.ruler.after("inline", "bare", _bare)
    made.core.ruler.push("marked", _marked)
    # What is wider than the page is moved by itself, by keys too.
    made.add_render_rule(
        "table_open", lambda *_: '<div class="wide" tabindex="0"><table dir="auto">'
    )
    made.add_render_rule("table_close", lambda *_: "</table></div>\n")
    for name in ("fence", "code_block"):
        made.add_render_rule(name, _code)
    return made


def _wiki(state: StateInline, silent: bool) -> bool:
    """``[[path]]``, ``[[path|words]]``, ``[[path#heading]]``."""
    found = _WIKI.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("wiki", "", 0)
        target, _, words = found[1].partition("|")
        token.meta = {"target": re.split(r"[#^]", target, maxsplit=1)[0].strip()}
        token.content = (words or target).strip() or found[1]
    state.pos = found.end()
    return True


def _bare(state: StateCore) -> None:
    """Makes links of addresses that stand in the text as they are."""
    for token in state.tokens:
        if token.children and "://" in token.content:
            token.children = list(_with_bare(token.children))


def _with_bare(children: Sequence[Token]) -> Iterable[Token]:
    within = 0
    for token in children:
        within += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "text" and not within:
            yield from _split(token.content)
        else:
            yield token


def _split(text: str) -> Iterable[Token]:
    end = 0
    for found in _BARE.finditer(text):
        address = found[0].rstrip(_NOT_LAST)
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(_NOT_LAST)
        if address.endswith("//"):
            continue
        if found.start() > end:
            yield _text(text[end : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": address})
        yield _text(address)
        yield Token("link_close", "a", -1)
        end = found.start() + len(address)
    if end < len(text):
        yield _text(text[end:])


def _text(text: str) -> Token:
    return Token("text", "", 0, content=text)


def _marked(state: StateCore) -> None:
    """Headings below the page's own; each block in the direction of its own letters; how a cell
    stands as a class, for the page's policy has no styles in elements."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
        if token.nesting == 1 and token.tag in _BLOCKS:
            token.attrSet("dir", "auto")
        style = token.attrs.pop("style", None)
        if style:
            token.attrSet("class", str(style).rpartition(":")[2])


def _link_in(token: Token, path: str | None) -> WrittenLink | None:
    """What a token names in the hub, if it does."""
    if token.type == "wiki":
        return link_of("[[", token.meta["target"], path)
    where = {"link_open": "href", "image": "src"}.get(token.type)
    if where is None:
        return None
    written = str(token.attrs.get(where) or "").partition("#")[0]
    return link_of("](", written, path) if written else None


def _told(
    children: Sequence[Token], path: str | None, found: Leading, address: Callable[[str], str]
) -> Iterable[Token]:
    """The tokens of a line, with links as they are shown."""
    ends: list[str] = []
    for token in children:
        if token.type == "link_close":
            yield _html(ends.pop())
        elif token.type in ("link_open", "wiki", "image"):
            begin, end = _ends(token, _link_in(token, path), found, address)
            # No link is within a link.
            if ends:
                begin = end = ""
            yield _html(begin)
            if token.type == "link_open":
                ends.append(end)
            else:
                yield _text(token.content if token.type == "wiki" else _called(token))
                yield _html(end)
        else:
            yield token


def _ends(
    token: Token, link: WrittenLink | None, found: Leading, address: Callable[[str], str]
) -> tuple[str, str]:
    """What stands before and behind the words of a link."""
    if link is not None:
        memory = found.get(link)
        if memory is None:
            return f'<span class="missing" title="{escape(link.text)}">', "</span>"
        named = escape(memory["path"] or memory["title"])
        return f'<a href="{escape(address(memory["doc_id"]))}" title="{named}">', "</a>"
    written = str(token.attrs.get("href") or token.attrs.get("src") or "")
    if not _ADDRESS.match(written):
        return "<span>", "</span>"
    return f'<a href="{escape(written)}">', "</a>"


def _called(picture: Token) -> str:
    """A picture in words: none is loaded."""
    words = "".join(child.content for child in picture.children or ())
    return gettext("Picture: %(words)s") % {"words": words} if words else gettext("Picture")


def _html(text: str) -> Token:
    """Of our own making."""
    return Token("html_inline", "", 0, content=text)


def _code(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[place].content)}</code></pre>\n'


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_ALLOWED,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
