"""The clients that people use, in the order of the page.

What was tried of these is told in ``docs/connect.md``, which has the same lines.
"""

from web.connect.ai_clients import AI_CLIENTS
from web.connect.programs import PROGRAMS

CLIENTS = AI_CLIENTS + PROGRAMS
