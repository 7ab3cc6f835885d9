"""English words as index terms: stop words out, irregular forms and endings brought together."""

import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain

import Stemmer

_STOP_WORD_LIST = """
a an and are as at be been but by can could did do does doing for from had has have having he her
hers him his how i if in into is it its just me my of on or our she should so some such than that
the their them then there these they this those to too us was we were what when where which while
who whom why will with would you your
"""
STOP_WORDS = frozenset(_STOP_WORD_LIST.split())

# What stands behind an apostrophe without a meaning of its own, and words whose n't is all of it.
CLITICS = frozenset(("s", "t", "d", "m", "ll", "re", "ve"))
_NEGATION_LIST = """
ain aren can couldn didn doesn don hadn hasn haven isn mightn mustn needn shouldn wasn weren won
wouldn
"""
NEGATIONS = frozenset(_NEGATION_LIST.split())

# Forms that no rule on endings relates: "base: forms". Only forms that are hardly ever another
# word are listed (not "bore", "ground", "rose", "wound").
_IRREGULAR_FORMS = """
arise: arose arisen; awake: awoke awoken; bear: borne; beat: beaten; become: became; begin: began
begun; bend: bent; bite: bit bitten; bleed: bled; blow: blew blown; break: broke broken; bring:
brought; build: built; burn: burnt; buy: bought; catch: caught; choose: chose chosen; come: came;
creep: crept; deal: dealt; dig: dug; draw: drew drawn; dream: dreamt; drink: drank drunk; drive:
drove driven; eat: ate eaten; fall: fell fallen; feed: fed; feel: felt; fight: fought; find: found;
flee: fled; fly: flew flown; forbid: forbade forbidden; forget: forgot forgotten; forgive: forgave
forgiven; freeze: froze frozen; get: got gotten; give: gave given; go: went gone goes; grow: grew
grown; hang: hung; hear: heard; hide: hid hidden; hold: held; keep: kept; kneel: knelt; know: knew
known; lead: led; lean: leant; learn: learnt; leave: left; lend: lent; lose: lost; make: made;
mean: meant; meet: met; mistake: mistook mistaken; overcome: overcame; pay: paid; ride: rode
ridden; ring: rang rung; rise: risen; run: ran; say: said; see: saw seen; seek: sought; sell: sold;
send: sent; shake: shook shaken; shine: shone; shoot: shot; show: shown; shrink: shrank shrunk;
sing: sang sung; sink: sank sunk; sit: sat; sleep: slept; slide: slid; speak: spoke spoken; spend:
spent; spin: spun; spring: sprang sprung; stand: stood; steal: stole stolen; stick: stuck; sting:
stung; strike: struck stricken; strive: strove striven; swear: swore sworn; sweep: swept; swim:
swam swum; swing: swung; take: took taken; teach: taught; tear: tore torn; tell: told; think:
thought; throw: threw thrown; understand: understood; undertake: undertook undertaken; wake: woke
woken; wear: wore worn; weave: wove woven; weep: wept; win: won; withdraw: withdrew withdrawn;
write: wrote written; child: children; foot: feet; goose: geese; half: halves; knife: knives;
leaf: leaves; life: lives; man: men; mouse: mice; person: people; shelf: shelves; thief: thieves;
tooth: teeth; wife: wives; wolf: wolves; woman: women; good: better best; bad: worse worst
"""


def _irregular() -> dict[str, str]:
    entries = (entry.split(":") for entry in " ".join(_IRREGULAR_FORMS.split()).split(";"))
    return {form: base.strip() for base, forms in entries for form in forms.split()}


IRREGULAR = _irregular()


def irregular_forms(term: str) -> tuple[str, ...]:
    """The forms that come to the term by no rule on endings."""
    return _forms_by_term().get(term, ())


@cache
def _forms_by_term() -> dict[str, tuple[str, ...]]:
    forms: dict[str, tuple[str, ...]] = {}
    for form, base in IRREGULAR.items():
        term = _stem(base)
        forms[term] = (*forms.get(term, ()), form)
    return forms


_local = threading.local()
AT_ONCE = 1_024  # words


@lru_cache(maxsize=16_384)
def word_term(word: str) -> str:
    """The term of one word that is no identifier, or "" for a stop word."""
    word = word.casefold()
    if word in STOP_WORDS:
        return ""
    if not word.isascii():
        return word
    return _stem(IRREGULAR.get(word, word))


def plain_terms(words: Sequence[str]) -> list[str]:
    """The same of words of small ASCII letters or of digits, all of them at once."""
    regular, stem = [IRREGULAR.get(word, word) for word in words], _stemmer().stemWords
    # A part at a time: meanwhile no other thread has the interpreter.
    parts = range(0, len(words), AT_ONCE)
    stems = chain.from_iterable(stem(regular[at : at + AT_ONCE]) for at in parts)
    return ["" if word in STOP_WORDS else stem for word, stem in zip(words, stems, strict=True)]


def _stem(word: str) -> str:
    return _stemmer().stemWord(word)


def _stemmer() -> Stemmer.Stemmer:
    # A stemmer keeps the word it works on in itself, so every thread has its own.
    if not hasattr(_local, "stemmer"):
        # Words are remembered elsewhere.
        _local.stemmer = Stemmer.Stemmer("english", 0)
    return _local.stemmer
