"""Three texts become one that has the changes of both, and no word of either is lost."""

import random
import subprocess

import pytest

from web.memories.comparing import LONGEST_LINE, MOST_ROWS, comparison
from web.memories.merging import has_marks, merged

BASE = "one\ntwo\nthree\nfour\nfive\n"
NAMES = ("mine", "theirs")


def of(mine, theirs, base=BASE):
    return merged(base, mine, theirs, names=NAMES)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (BASE, "one\n", "one\n"),
        ("one\n", BASE, "one\n"),
        ("ONE\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n", None),
        (f"zero\n{BASE}", f"{BASE}six", "zero\none\ntwo\nthree\nfour\nfive\nsix"),
        ("two\nthree\nfour\nfive\n", "one\ntwo\nthree\nFOUR\nfive\n", "two\nthree\nFOUR\nfive\n"),
        ("one\nTWO\nthree\nfour\nfive\n", "one\nTWO\nthree\nfour\nfive\nsix\n", None),
    ],
)
def test_changes_of_different_places_are_all_taken(mine, theirs, expected):
    found = of(mine, theirs)
    assert found.conflicts == 0
    if expected is not None:
        assert found.text == expected
    assert of(theirs, mine) == found


def test_the_same_place_holds_both_between_marks():
    found = of("one\n2\nthree\nfour\nfive\n", "one\nzwei\nthree\nfour\nfive\n")
    assert found.conflicts == 1
    assert found.text == (
        "one\n<<<<<<< mine\n2\n=======\nzwei\n>>>>>>> theirs\nthree\nfour\nfive\n"
    )
    assert has_marks(found.text)
    assert not has_marks(BASE)


def test_what_is_alike_at_the_ends_of_a_conflict_stands_once():
    found = merged("x\n", "a\nmine\nz\n", "a\ntheirs\nz\n", names=NAMES)
    assert found.text == "a\n<<<<<<< mine\nmine\n=======\ntheirs\n>>>>>>> theirs\nz\n"


def test_a_line_without_an_end_gets_one_before_a_mark():
    found = merged("x", "mine", "theirs", names=NAMES)
    assert found.text == "<<<<<<< mine\nmine\n=======\ntheirs\n>>>>>>> theirs\n"


def test_one_takes_away_what_the_other_changes():
    found = of("one\nthree\nfour\nfive\n", "one\nTWO\nthree\nfour\nfive\n")
    assert found.conflicts == 1
    assert "TWO" in found.text


def _changed(lines, chance):
    found = []
    for line in lines:
        what = chance.random()
        if what < 0.1:
            continue
        found.append(f"{line}{chance.choice('xyz')}" if what < 0.2 else line)
        if what > 0.9:
            found.append(chance.choice("pqr"))
    return found


def test_no_line_of_either_is_lost_and_nothing_is_made_up():
    """By chance: each changed line is in the result, and where git merges cleanly so do we, to the
    same text."""
    chance = random.Random(5)
    for _ in range(300):
        base = [str(n) for n in range(chance.randint(1, 12))]
        mine, theirs = _changed(base, chance), _changed(base, chance)
        texts = ["".join(f"{line}\n" for line in one) for one in (base, mine, theirs)]
        found = merged(*texts, names=NAMES)
        lines = found.text.splitlines()
        for line in {*mine, *theirs} - set(base):
            assert line in lines
        assert set(lines) - {"<<<<<<< mine", "=======", ">>>>>>> theirs"} <= {*base, *mine, *theirs}


def test_it_is_what_git_makes_of_them(tmp_path):
    chance = random.Random(7)
    clean = 0
    for _ in range(25):
        base = [f"line {n}" for n in range(30)]
        sides = (base, _few(base, chance), _few(base, chance))
        texts = ["".join(f"{line}\n" for line in one) for one in sides]
        for name, text in zip(("base", "mine", "theirs"), texts, strict=True):
            (tmp_path / name).write_text(text)
        done = subprocess.run(
            ["git", "merge-file", "-p", "mine", "base", "theirs"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        found = merged(*texts, names=NAMES)
        assert (found.conflicts > 0) == (done.returncode > 0)
        if done.returncode == 0:
            clean += 1
            assert found.text == done.stdout
    assert clean > 5


def _few(lines, chance):
    found = list(lines)
    for _ in range(3):
        at = chance.randrange(len(found))
        found[at : at + chance.randint(0, 1)] = [f"new {chance.randrange(1000)}"]
    return found


def marked(parts):
    return "".join(f"[{part.text}]" if part.differs else part.text for part in parts)


def test_the_words_that_differ_are_marked():
    found = comparison("Deploys on Tuesday at 14:00.\n", "Deploys on Thursday at 14:00.\n")
    ((line,),) = found.hunks
    assert (line.kind, line.old_number, line.new_number) == ("changed", 1, 1)
    assert marked(line.old) == "Deploys on [Tuesday] at 14:00."
    assert marked(line.new) == "Deploys on [Thursday] at 14:00."
    ((line,),) = comparison("배포는 화요일에 합니다", "배포는 목요일에 합니다").hunks
    assert marked(line.new) == "배포는 [목요일에] 합니다"


def test_lines_around_a_change_are_shown_and_those_far_away_are_not():
    lines = [f"{n}\n" for n in range(40)]
    changed = [*lines[:5], "new\n", *lines[5:30], *lines[31:]]
    found = comparison("".join(lines), "".join(changed))
    assert [[one.kind for one in hunk] for hunk in found.hunks] == [
        ["same"] * 3 + ["added"] + ["same"] * 3,
        ["same"] * 3 + ["removed"] + ["same"] * 3,
    ]
    assert (found.added, found.removed, found.is_cut) == (1, 1, False)
    assert comparison("a\n", "a\n").hunks == []


def test_lines_with_nothing_in_common_are_marked_whole():
    ((line,),) = comparison("quite another thing", "xyz").hunks
    assert (marked(line.old), marked(line.new)) == ("[quite another thing]", "[xyz]")


def test_what_is_shown_is_bounded():
    found = comparison("", "".join(f"{n}\n" for n in range(MOST_ROWS + 10)))
    assert sum(map(len, found.hunks)) == MOST_ROWS
    assert (found.is_cut, found.added) == (True, MOST_ROWS + 10)
    ((line,),) = comparison("", "x" * (LONGEST_LINE + 10)).hunks
    assert len(line.new[0].text) == LONGEST_LINE + 1


def test_signs_that_turn_the_order_of_reading_are_shown_by_name():
    ((line,),) = comparison("", "a \u202eb").hunks
    assert line.new[0].text == "a ⟨U+202E⟩b"
