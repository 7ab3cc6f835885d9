"""Korean words as index terms: pairs of syllables of the word without its particle."""

# Particles and endings that may close a word. A list of this length does here what a
# morphological analyzer does, at a thousandth of its size.
_NOUN_ENDINGS = """
은 는 이 가 을 를 의 에 에서 에게 에게서 께 께서 으로 로 으로써 로써 으로서 로서 와 과 이랑 랑
하고 도 만 까지 부터 마다 조차 밖에 처럼 보다 이나 나 이란 란 이라 라 이라는 라는 이라고 라고
이며 며 이고 고 이다 다 였다 이었다 인 한 하는 했다 한다 하여 해서 된 되는 됐다 된다 들 들은
들이 들을 에는 에도 에서는 으로는 로는 와는 과는 까지는 부터는 이나요 인가 인가요 이야 야 요
이지 지
"""
# For stems of one syllable: 먹는다, 먹었다 and 먹으면 are all 먹.
_VERB_ENDINGS = """
는다 었다 았다 겠다 습니다 었습니다 았습니다 어요 아요 었어요 았어요 어서 아서 으면 으려고 으니
지만 는데 기로
"""
PARTICLES = frozenset((_NOUN_ENDINGS + _VERB_ENDINGS).split())
_LONGEST = max(map(len, PARTICLES))


def bigrams(run: str) -> list[str]:
    """Every pair of neighbouring characters; a single character is its own term."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def hangul_terms(word: str, stem: str | None = None) -> tuple[str, ...]:
    """The terms of one run of Hangul syllables, perhaps with its ``stem``.

    A stem of one syllable (약 in 약은) is a term beside the first pair, for a pair alone would
    only find it with the same particle.
    """
    stem = _without_particle(word) if stem is None else stem
    if len(word) > 1 and len(stem) == 1:
        return (word[:2], stem)
    return tuple(bigrams(stem))


def parted(word: str) -> tuple[str, str]:
    """A run of Hangul as its stem and its particle, which may be none."""
    stem = _without_particle(word)
    return stem, word[len(stem) :]


def joint(word: str, following: str) -> str:
    """The pair of syllables where two words meet that may as well be written as one; or "".

    So it is with words of one syllable: negations, counters, bound nouns (안 됨, 두 번, 올 때).
    """
    return word[-1] + following[0] if is_short(word) or is_short(following) else ""


def is_short(word: str) -> bool:
    """Whether a run of Hangul is one syllable but for its particle."""
    return len(word) == 1 or (len(word) <= _LONGEST + 1 and word[1:] in PARTICLES)


def _without_particle(word: str) -> str:
    for size in range(min(_LONGEST, len(word) - 1), 0, -1):
        if word[-size:] in PARTICLES:
            return word[:-size]
    return word


def certain_terms(part: str, *, begins: bool, ends: bool) -> tuple[str, ...]:
    """Terms of pairs that every word with `part` in it has; `begins` and `ends` say that it is the
    word's beginning, its end.

    The part's last syllables may belong to a particle of the word, as 하는 in 공부하는 does.
    """
    if begins and ends:
        return tuple(term for term in hangul_terms(part) if len(term) > 1)
    kept = part[: len(part) - _perhaps_particle(part, begins, ends)]
    if begins and len(kept) < 2:
        # A term beside a stem of one syllable too.
        kept = part[:2]
    return tuple(bigrams(kept)) if len(kept) > 1 else ()


def _perhaps_particle(part: str, begins: bool, ends: bool) -> int:
    """How many of the last syllables a particle may take."""
    for size in range(min(_LONGEST, len(part)), 0, -1):
        tail = part[-size:]
        if size == len(part):
            taken = not begins and any(
                one.endswith(tail) if ends else tail in one for one in PARTICLES
            )
        else:
            taken = any(one == tail if ends else one.startswith(tail) for one in PARTICLES)
        if taken:
            return size
    return 0
