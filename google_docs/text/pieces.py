"""The parts that a document's text is made of, each with its place in Google's indexes."""

from collections import Counter
from dataclasses import dataclass, field

from google_docs.text.canonical import units

# Kinds of pieces that a change of the text may remove or stand beside. Every other kind is named
# after the structure that it shows, and is left alone.
TEXT, NEWLINE, SOFT, HIDDEN = "text", "newline", "soft", "hidden"
BULLET, NUMBER, END = "bullet", "number", "end"
NORMAL = "NORMAL_TEXT"


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """What holds paragraphs: a body, a cell, a header, a footer or a footnote of one tab."""

    kind: str
    tab: str
    segment: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Paragraph:
    """One paragraph, in UTF-16 indexes; `before` is the structure that its newline belongs to."""

    place: Container
    start: int
    end: int
    style: str = NORMAL
    bullet: tuple[str, int] | None = None  # the list and the level
    before: str = ""

    @property
    def plain(self) -> bool:
        return self.style == NORMAL and self.bullet is None


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What is shown, and the range [start, end) behind it, empty for what Google adds (a bullet).

    The characters of a TEXT piece are those of the document, one by one.
    """

    text: str
    kind: str
    start: int
    end: int
    paragraph: Paragraph | None = None

    @property
    def within(self) -> Paragraph:
        """The paragraph, of a piece that is in one."""
        if self.paragraph is None:
            raise ValueError("a piece without a paragraph")
        return self.paragraph

    def index(self, offset: int) -> int:
        """The index of the character at an offset of the text."""
        return self.start + units(self.text[:offset])


@dataclass
class Tab:
    """One tab: its pieces, the body first, then what is shown behind it."""

    tab_id: str
    title: str
    heading: list[Piece] = field(default_factory=list)
    body: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    footers: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # id and number, in order
    nested: bool = False

    @property
    def pieces(self) -> list[Piece]:
        return self.heading + self.body + self.after


@dataclass
class Reading:
    """A document as text. `lossy` counts what plain text cannot hold, by kind."""

    tabs: list[Tab]
    lossy: Counter[str]
    revision: str | None
    # Read with its suggestions: only then the indexes hold.
    inline: bool = False

    @property
    def shown(self) -> str:
        return "".join(piece.text for tab in self.tabs for piece in tab.pieces)

    @property
    def text(self) -> str:
        """The canonical text."""
        return self.shown.rstrip("\n")

    def told(self) -> "Shown":
        """What there is to tell of it, without the pieces."""
        return Shown(self.text, dict(self.lossy), len(self.tabs), self.revision)


@dataclass(frozen=True, slots=True)
class Shown:
    """A document's canonical text and what it does not hold; `revision` None for who may not
    edit."""

    text: str
    lossy: dict[str, int] = field(default_factory=dict)
    tabs: int = 1
    revision: str | None = None

    @property
    def exact(self) -> bool:
        """Whether the text is all that there is."""
        return not self.lossy and self.tabs == 1
