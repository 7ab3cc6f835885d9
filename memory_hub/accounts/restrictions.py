"""What a token is restricted to: the part of what its user has that it may be used on.

A restriction narrows and never gives: whatever it says, the token's scopes and the user's roles
hold as before. The rule over memories is part of their gate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

CATEGORY_LENGTH = 64
PREFIX_LENGTH = 1024  # characters
NO_FOLDER = "A folder such as notes/plans is expected here."
_COLUMNS = ("read_only", "only_personal", "only_teams", "only_category", "only_below")


@dataclass(frozen=True, slots=True)
class Restriction:
    """``read_only``: nothing is changed with it. ``personal`` and ``teams`` (their ids) are the
    only places it is for: the user's own personal memories, and those of these teams; with neither
    it is for all places. ``category``: nothing outside of this one. ``path_prefix``: nothing but
    what has a path in this folder, which ends with a slash.

    A team that was deleted stays named: it says that there is nothing any more, not everything.
    Raises ValueError for no teams, and for what is no category and no folder.
    """

    read_only: bool = False
    personal: bool = False
    teams: frozenset[int] | None = None
    category: str | None = None
    path_prefix: str | None = None

    def __post_init__(self) -> None:
        if self.teams is not None and not self.teams:
            raise ValueError("A restriction to teams names one at least.")
        if self.category is not None and not 0 < len(self.category) <= CATEGORY_LENGTH:
            raise ValueError(f"A category has 1 to {CATEGORY_LENGTH} characters.")
        if self.path_prefix is not None and not _is_folder(self.path_prefix):
            raise ValueError(NO_FOLDER)

    @property
    def is_placed(self) -> bool:
        """Whether it is for some places only: the public ones are not among them."""
        return self.personal or self.teams is not None

    @property
    def has_personal(self) -> bool:
        """Whether it is for the user's own personal memories."""
        return self.personal or not self.is_placed

    @property
    def has_part(self) -> bool:
        """Whether it is for a part only of the places that it is for."""
        return self.category is not None or self.path_prefix is not None

    @property
    def narrows_memories(self) -> bool:
        """Whether there are memories that it is not for."""
        return self.is_placed or self.has_part

    def has_team(self, team_id: int) -> bool:
        """Whether it is for this team, of whatever category."""
        return not self.is_placed or (self.teams is not None and team_id in self.teams)

    def has_all_of(self, team_id: int) -> bool:
        """Whether it is for all of this team, and for changing it."""
        return self.has_team(team_id) and not (self.has_part or self.read_only)

    def is_within(self, other: "Restriction") -> bool:
        """Whether everything that this one allows is allowed by the other one, too."""
        return (
            (self.read_only or not other.read_only)
            and self._has_no_place_beside(other)
            and other.category in (None, self.category)
            and (self.path_prefix or "").startswith(other.path_prefix or "")
        )

    def _has_no_place_beside(self, other: "Restriction") -> bool:
        if not other.is_placed:
            return True
        personal_too = other.personal or not self.personal
        teams, others = self.teams or frozenset(), other.teams or frozenset()
        return self.is_placed and personal_too and teams <= others

    def as_columns(self) -> dict[str, Any]:
        """As the columns of a token."""
        teams = None if self.teams is None else sorted(self.teams)
        told = (self.read_only, self.personal, teams, self.category, self.path_prefix)
        return dict(zip(_COLUMNS, told, strict=True))

    @classmethod
    def of_columns(cls, row: Mapping[str, Any]) -> Self:
        """The restriction that a token's columns say."""
        read_only, personal = row["read_only"], row["only_personal"]
        teams, category, below = row["only_teams"], row["only_category"], row["only_below"]
        if not (read_only or personal or category or below) and teams is None:
            return NONE
        teams = None if teams is None else frozenset(teams)
        return cls(read_only, personal, teams, category, below)

    def as_json(self, team_keys: Mapping[int, str]) -> dict[str, Any] | None:
        """As the API tells it; None where it restricts nothing. Of teams those whose key is known:
        a deleted one has none."""
        if self == NONE:
            return None
        teams = sorted(team_keys[one] for one in self.teams or () if one in team_keys)
        return {
            "read_only": self.read_only,
            "personal": self.personal,
            "teams": None if self.teams is None else teams,
            "category": self.category,
            "path_prefix": self.path_prefix,
        }

    def words(self, language: str | None, team_keys: Mapping[int, str]) -> str:
        """What it is for, as its user is told, in the language of this code: Korean for ``ko…``,
        else English."""
        texts = _KOREAN if (language or "").startswith("ko") else _ENGLISH
        teams = ", ".join(sorted(team_keys.get(one, texts["gone"]) for one in self.teams or ()))
        places = [texts["personal"]] if self.personal else []
        places += [texts["teams"].format(teams)] if self.teams is not None else []
        parts = [texts["and"].join(places) or texts["everywhere"]]
        parts += [texts["category"].format(self.category)] if self.category else []
        parts += [texts["below"].format(self.path_prefix)] if self.path_prefix else []
        parts += [texts["read_only"]] if self.read_only else []
        return "; ".join(parts)


def folder(text: str) -> str:
    """A folder of paths as ``path_prefix`` has it, given with or without the slash at its end.
    Raises ValueError for what is none."""
    found = f"{text.removesuffix('/')}/"
    if not _is_folder(found):
        raise ValueError(NO_FOLDER)
    return found


def _is_folder(text: str) -> bool:
    return text.endswith("/") and all(text[:-1].split("/")) and len(text) <= PREFIX_LENGTH


# Of a session, of a command, and of a token that was made without one.
NONE = Restriction()
_ENGLISH = {
    "personal": "your own personal memories",
    "teams": "memories of the teams {}",
    "and": " and ",
    "everywhere": "all memories that you may read",
    "category": "only in the category {}",
    "below": "only with a path in {}",
    "read_only": "reading only",
    "gone": "(deleted)",
}
_KOREAN = {
    "personal": "내 개인 메모리",
    "teams": "팀 {}의 메모리",
    "and": " 및 ",
    "everywhere": "내가 읽을 수 있는 모든 메모리",
    "category": "분류 {}만",
    "below": "경로가 {} 아래인 것만",
    "read_only": "읽기 전용",
    "gone": "(삭제됨)",
}
