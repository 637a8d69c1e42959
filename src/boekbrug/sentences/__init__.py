"""What people read: the sentences of problems, states and connections, in Dutch and English.

The words stand in `locale/<language>/LC_MESSAGES/problems.po` (edit those, then
`pybabel compile -D problems -d src/boekbrug/sentences/locale`); each message is found by its key:
`<code>.title`, `.sentence` and `.action` of a problem, `.warning` and `.warning-action` where a code may also merely
warn, and `connection.`, `option.`, `profile.`, `checklist.`, `state.`, `skip.`, `who.` with a word behind it.

A message holds places such as {code}. A part in square brackets stands only when every place in it has a value,
because a refusal by Exact knows fewer of them than a check of our own.
"""

from boekbrug.sentences.checklist import tell_item
from boekbrug.sentences.profile import connection, pack, say_refused, tell_faults
from boekbrug.sentences.tell import Telling, say, tell

__all__ = ["Telling", "connection", "pack", "say", "say_refused", "tell", "tell_faults", "tell_item"]
