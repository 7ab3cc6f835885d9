"""Markdown of memories as pages show it: what is written well is shown, what would run is not."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from superthread.links import LinkKind
from web.memories import markdown
from web.memories.markdown import LONGEST, render

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src onerror=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<form action='https://example.com'><button>x</button></form>",
    "<style>body{display:none}</style><link rel=stylesheet href=//example.com>",
    "<base href='https://example.com'><meta http-equiv=refresh content='0;url=//example.com'>",
    "<div\n onclick=alert(1)>\n\ntext\n\n</div>",
    "<!-- --!><script>alert(1)</script> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php alert(1) ?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "    <script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](&#106;&#97;vascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](<java script:alert(1)>)",
    "[x](%6A%61vascript:alert(1))",
    "[x](\u0001javascript:alert(1))",
    "[x](\u00a0javascript:alert(1))",
    "[x](\u200bjavascript:alert(1))",
    "[x](ｊavascript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](blob:https://example.com/1)",
    "[x](//example.com/%0d%0aSet-Cookie:a=b)",
    "[x](\\\\example.com\\share)",
    "[x](https:javascript:alert(1))",
    '[x](https://example.com/"onmouseover="alert(1))',
    "[x](https://example.com '\" onmouseover=\"alert(1)')",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "<data:text/html,alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    '![x"onerror=alert(1)](https://example.com/a.png)',
    "![<img src=x onerror=alert(1)>](https://example.com/a.png)",
    "[[javascript:alert(1)]]",
    '[[a" onmouseover="alert(1)|<img src=x onerror=alert(1)>]]',
    "[[a|[x](javascript:alert(1))]]",
    "[![x](javascript:alert(1))](javascript:alert(2))",
    'https://example.com/"onmouseover=alert(1)',
    "https://example.com/<script>alert(1)</script>",
    "|a|\n|:-:|\n|<img src=x onerror=alert(1)>|",
    "# <img src=x onerror=alert(1)>",
    "---\ntitle: <script>alert(1)</script>\n---\n<script>alert(1)</script>",
    "\u202ejavascript:alert(1)",
    "<a id=location><a id=location name=href>",
]


class Seen(HTMLParser):
    """Elements and attributes, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements, self.words = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def links(self):
        return [attrs["href"] for tag, attrs in self.elements if tag == "a"]


def shown(text, path=None, there=()):
    """What is rendered; ``there`` are the paths of memories that the reader may see."""

    def leading(links):
        return {
            one: {"doc_id": f"id-of-{one.text}", "path": one.text, "title": one.text}
            for one in links
            if one.text in there
        }

    return render(text, path=path, leading=leading, address=lambda doc_id: f"/memories/{doc_id}")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_hostile_text_runs_or_is_loaded(text):
    seen = Seen(shown(text, there={"alert(1)"}).html)
    for tag, attrs in seen.elements:
        assert tag in {
            *("p", "br", "pre", "code", "a", "span", "div", "h2", "hr"),
            *("table", "thead", "tbody", "tr", "th", "td"),
        }
        assert set(attrs) <= {"href", "title", "rel", "class", "dir", "tabindex"}, attrs
        if tag == "a":
            assert re.match(r"(https://example\.com|mailto:|/memories/)", attrs["href"])
            assert attrs["rel"] == "noopener noreferrer nofollow"


def test_what_looks_like_html_is_shown_as_it_is_written():
    text = "<b>bold</b> & <script>alert(1)</script>"
    assert "".join(Seen(shown(text).html).words).strip() == text


def test_the_second_wall_takes_out_nothing_that_the_first_lets_through(monkeypatch):
    whole = shown("\n\n".join(HOSTILE)).html
    monkeypatch.setattr(markdown, "_clean", lambda html: html)
    tags = [
        [tag for tag, _ in Seen(html).elements]
        for html in (whole, shown("\n\n".join(HOSTILE)).html)
    ]
    assert tags[0] == tags[1]


def test_the_second_wall_alone_takes_out_what_runs():
    html = (
        "<img src=x><p onclick=x style=x>a<script>b</script><a href='javascript:1' id=x>y</a></p>"
    )
    assert markdown._clean(html) == '<p>a<a rel="noopener noreferrer nofollow">y</a></p>'


def test_the_usual_marks_are_shown():
    html = shown(
        "# Head\n\nA **bold** ~~old~~ *word* in `code`.\n\n1. one\n2. two\n\n- three\n\n> said\n\n"
        "|a|b|\n|:--|--:|\n|1|2|\n\n```py\nx < 1\n```\n\nline\nbreak"
    ).html
    for part in (
        *('<h2 dir="auto">Head</h2>', "<strong>bold</strong>", "<s>old</s>", "<em>word</em>"),
        *("<code>code</code>", '<ol dir="auto">', '<blockquote dir="auto">'),
        *('<td class="left">1</td>', '<td class="right">2</td>', "line<br>"),
        '<pre tabindex="0"><code>x &lt; 1\n</code></pre>',
    ):
        assert part in html


def test_pictures_are_links_with_their_words():
    html = shown("![A map](https://example.com/map.png)").html
    assert '<a href="https://example.com/map.png"' in html
    assert "Picture: A map" in html
    assert "<img" not in html
    assert Seen(shown("![](data:image/png;base64,AAAA)").html).links == []


def test_an_address_in_the_text_is_a_link_without_the_signs_around_it():
    text = "See https://example.com/a_(b)?c=1, (https://example.com/x). `https://no.example.com`"
    links = Seen(shown(text).html).links
    assert links == ["https://example.com/a_(b)?c=1", "https://example.com/x"]
    assert Seen(shown("[https://example.com](https://example.com/y)").html).links == [
        "https://example.com/y"
    ]


def test_links_lead_to_the_memories_that_the_reader_may_see():
    text = "[[notes/a]], [[a title|words]], [here](../b.md#part), [gone](c.md), [[hidden]]"
    html = shown(text, path="notes/deep/x.md", there={"notes/a", "a title", "notes/b.md"}).html
    assert Seen(html).links == [
        f"/memories/id-of-{one}" for one in ("notes/a", "a title", "notes/b.md")
    ]
    assert ">words</a>" in html
    assert unescape(html).count('class="missing"') == 2


def test_all_links_of_a_text_are_looked_up_at_once():
    asked = []

    def leading(links):
        asked.append([(one.kind, one.text) for one in links])
        return {}

    render("[[a]] [[a]]\n\n- [b](b.md)", path=None, leading=leading, address=str)
    assert asked == [[(LinkKind.WIKI, "a"), (LinkKind.MARKDOWN, "b.md")]]


def test_signs_that_turn_the_order_of_reading_are_shown_by_name():
    seen = shown("access = '\u202euser\u2066'\n\n`\u202d`")
    assert seen.turns
    assert "⟨U+202E⟩user⟨U+2066⟩" in seen.html
    assert "<code>⟨U+202D⟩</code>" in seen.html
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", seen.html)
    # What Hebrew and Arabic texts need stays as it is.
    assert not shown("\u200fשלום").turns


def test_front_matter_is_kept_apart():
    seen = shown("---\ntitle: A\ntags: [b]\n---\n\nText.")
    assert (seen.front, "title" in seen.html) == ("title: A\ntags: [b]\n", False)


def test_of_a_huge_text_the_beginning_is_shown_to_the_end_of_a_line():
    seen = shown("a line\n" * (LONGEST // 7 + 100))
    assert seen.is_cut
    assert seen.html.count("a line") == LONGEST // 7
    assert not shown("a line").is_cut
    assert shown("x" * (LONGEST + 1)).is_cut


@pytest.mark.parametrize("piece", ["[", "![", "[[", "> ", "*a_", "- a\n", "`", "[a](", "://", "|a"])
def test_a_text_of_nothing_but_marks_is_shown(piece):
    assert Seen(shown(piece * 2_000).html)


@pytest.mark.parametrize(
    ("title", "expected"), [("Deploys **now**", True), ("Deploys now", False), ("", True)]
)
def test_a_first_heading_that_is_the_title_is_not_said_twice(title, expected):
    text = "# Deploys *now*\n\n# Deploys now\n\nText."
    html = render(text, path=None, leading=dict, address=str, title=title).html
    assert ("<em>now</em>" in html) is expected
    assert "Deploys now</h2>" in html
