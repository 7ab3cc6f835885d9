"""Exact replacement: a change of a text that says what stood there."""

from dataclasses import dataclass

from rest_framework.exceptions import ValidationError

from memory_hub.core.errors import BadInput
from superthread.fields import Content


@dataclass(frozen=True, slots=True)
class TextReplacement:
    """``old``, as it stands in the text, becomes ``new``: the one place where it is, or with
    ``everywhere`` all of them. Worked out where the present text is known. Both are in NFC."""

    old: str
    new: str
    everywhere: bool = False

    def onto(self, content: str) -> str:
        """The new text. Raises BadInput where the old one is not there, is there more than once, or
        the result is no content of a memory."""
        found = content.count(self.old)
        if not found:
            detail = "This text is not in the memory. Read it again and copy what is there exactly."
            raise BadInput.at("/old_text", "no-such-text", detail)
        if found > 1 and not self.everywhere:
            detail = f"This text is {found} times in the memory. Copy more of what is around it."
            raise BadInput.at("/old_text", "ambiguous", detail)
        try:
            return Content().run_validation(content.replace(self.old, self.new))
        except ValidationError as error:
            detail = error.detail[0]
            code = detail.code.replace("_", "-")
            raise BadInput.at("/new_text", code, str(detail)) from error
