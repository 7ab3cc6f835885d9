"""Client text made harmless for people who read logs in a terminal."""

import re

# C0 and C1 controls, line and paragraph separators, and the marks that reorder or hide text.
_DANGEROUS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_BEYOND = "…"
LONGEST = 256  # characters


def harmless(text: str, longest: int = LONGEST) -> str:
    """Return the text on one line, escapes for what is not shown, cut to ``longest`` characters."""
    if text.isascii() and text.isprintable() and len(text) <= longest:
        return text
    cut = text if len(text) <= longest else text[:longest] + _BEYOND
    return _DANGEROUS.sub(_escaped, cut)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def harmless_bytes(raw: bytes) -> str:
    """Return a header's bytes as harmless text; bytes that are no UTF-8 become escapes."""
    return harmless(raw[: LONGEST * 4].decode("utf-8", "backslashreplace"))
