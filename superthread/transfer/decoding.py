"""Files as text: UTF-8, what is named, or what a detector finds."""

import codecs
import unicodedata

AUTO = "auto"
# What editors of the hub's languages wrote before UTF-8 and write still, in WHATWG's spellings of
# Python's codecs. Cyrillic and other single-byte sets are left out: over short western texts they
# cannot be told from Windows-1252. Name them.
_BYTES = ["cp949", "cp932", "euc_jp", "gb18030", "big5", "cp1252"]
_WIDE = ["utf_16", "utf_16_le", "utf_16_be", "utf_32"]
# Bytes in which a NUL tells a binary file, as git does.
HEAD = 8192
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class Undecodable(ValueError):
    """The bytes are no text in the encoding; the message says so to a person."""


def is_known(encoding: str) -> bool:
    """True for ``auto`` and for every encoding of texts that Python has."""
    if encoding == AUTO:
        return True
    try:
        return "".encode(encoding) is not None
    except (LookupError, ValueError):
        return False


def is_binary(head: bytes, encoding: str) -> bool:
    """True where the beginning of a file is of no text: a NUL tells it, as for git, except where
    the encoding has some."""
    if encoding == AUTO:
        return b"\x00" in head and not head.startswith(_MARKS) and _wide(head) is None
    return b"\x00" in head and b"\x00" not in " ".encode(encoding)


def _wide(head: bytes) -> str | None:
    """The form of UTF-16 without a mark in which all of this is text, and most of it ASCII: in the
    other one, spaces and line ends are ideographs."""
    plain = {}
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(encoding, "replace")
        # The last letter of a beginning may have been cut in two.
        text = text[:-1] if len(head) >= HEAD else text
        if "\ufffd" not in text and not any(map(_is_no_letter, text)):
            plain[encoding] = sum(map(str.isascii, text))
    return max(plain, key=plain.__getitem__, default=None)


def _is_no_letter(letter: str) -> bool:
    """True for controls but white space, and for what Unicode has not assigned."""
    return unicodedata.category(letter) in ("Cc", "Cn", "Co") and letter not in "\t\n\r\f\v"


def decode(raw: bytes, encoding: str) -> str:
    """The text without a byte order mark. Raises Undecodable."""
    if encoding == AUTO:
        return _detected(raw)
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        where = f" (byte {error.start})" if isinstance(error, UnicodeDecodeError) else ""
        name = "UTF-8" if codecs.lookup(encoding).name == "utf-8" else encoding
        raise Undecodable(f"This is not {name}{where}.") from error


def _detected(raw: bytes) -> str:
    wide = raw.startswith(_MARKS) or b"\x00" in raw
    if wide and not raw.startswith(_MARKS) and (encoding := _wide(raw)):
        return decode(raw, encoding)
    if not wide:
        try:
            return raw.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            pass
    # Imported where it is needed: most files are UTF-8.
    from charset_normalizer import from_bytes

    found = from_bytes(raw, cp_isolation=_WIDE if wide else _BYTES).best()
    text = "" if found is None else str(found).removeprefix("\ufeff")
    # What nobody types is what the bytes of another encoding look like.
    if not text or any(unicodedata.category(letter) in ("Cn", "Co") for letter in text):
        raise Undecodable("This is in no encoding that can be told; name it with --encoding.")
    return text
