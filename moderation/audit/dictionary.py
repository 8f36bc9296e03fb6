"""The data dictionary: what each column, verb and field of the audit means, made from the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from moderation.event_shapes import SHAPES
from moderation.proof.canonical import COLUMNS
from moderation.proof.formats import VERSION
from moderation.verbs import Verb

COLUMN_MEANINGS: Mapping[str, str] = {
    "seq": "Number of the event: 1, 2, 3 … without gaps.",
    "occurred_at": "When it happened: ISO 8601, UTC, microseconds.",
    "verb": "What happened; see below.",
    "actor": "Who: a keyed pseudonym (`staff-…`, `member-…`), `software`, or `command` for the command line.",
    "actor_role": "The role in which they acted.",
    "actor_kind": "`human` or `software`.",
    "subject_kind": "What it was about: `post` or `profile`; empty where it was neither.",
    "subject_ref": "Which: a post's number, or for a profile its member's pseudonym.",
    "group_ref": "The group's number, or empty.",
    "reason_code": "Why, as a code of the policy or of the reason list, or empty.",
    "policy_version": "The policy in force, or empty.",
    "commitment": (
        "HMAC-SHA-256 of the words under their author's own key, in hex, or empty. It binds the event to "
        "exact words without holding them; when the key is erased, nobody can tell which words they were."
    ),
    "fields": "What else the verb carries: canonical JSON, always exactly the fields listed for the verb.",
    "prev_hash": "`hash` of the event before; 64 zeros for event 1.",
    "hash": "SHA-256, in hex, over the canonical JSON of all other columns.",
}

TRAILER_MEANINGS: Mapping[str, str] = {
    "kind": "`contiguous`: one stretch of the chain. `filtered`: chosen events, without what lies between.",
    "first": "`seq` of the first event in the file, or null.",
    "last": "`seq` of the last event in the file, or null.",
    "count": "Number of events in the file.",
    "head": "`hash` of the last event, or null.",
    "prev_hash": "`prev_hash` of the first event, or null.",
    "sha256": "SHA-256, in hex, of every byte of the file before the trailer's line.",
    "chain_seq": "`seq` of the newest event when the export was made.",
    "filters": "The filters chosen, by name; empty for a full export.",
    "made_at": "When the export was made, UTC.",
    "key_id": "First 16 hex digits of the SHA-256 of the raw public key.",
    "format": f"Version of the file's form: {VERSION}.",
    "signature": (
        "Ed25519, in hex with small letters, over the canonical JSON of all of the above together with "
        '`"haven": "export"`.'
    ),
}

FORM = """\
Both forms are UTF-8, one event a line, `\\n` at the end of each line, oldest first; the last line is the
signed trailer. *Canonical JSON* is JSON with sorted keys, no spaces and ASCII only (`\\u…` for the
rest); there are no fractions: scores are whole thousandths.

- **CSV**: a header row, then a row an event in the order of the columns below. Empty means null. A cell
  that starts with `=`, `+`, `-`, `@`, a tab, a line end or `'` has a `'` put in front, so that no
  spreadsheet runs it; take one leading `'` off to read it. The trailer's row is `trailer` and its JSON;
  skip it when you count, for example `pandas.read_csv(file, skipfooter=1, engine="python")`.
- **JSON lines**: an object an event, canonical. The trailer is `{"trailer": {…}}`.

To check a file without the database: `flask audit verify --file FILE --public-key KEY`, or `python -m
moderation.proof FILE --public-key KEY`, which needs only Python and `cryptography`. It exits with 0 when
all is well, 1 when the file is not what was signed (the first bad line is named), 2 when it cannot be
read. Opening and saving a file in a spreadsheet changes it: check first, or keep a copy."""

START = "<!-- dictionary: made by `flask audit dictionary --update docs/data.md` -->"
END = "<!-- end of the dictionary -->"


def markdown() -> str:
    """The whole dictionary as Markdown, headings from the second level down."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from ("## The exported file", "", FORM, "")
    yield from _table("### Columns", "column", {name: COLUMN_MEANINGS[name] for name in COLUMNS})
    yield from _table("### Trailer", "part", TRAILER_MEANINGS)
    yield from ("## Verbs", "", "Every verb with exactly the fields that its events carry.", "")
    for verb in Verb:
        shape = SHAPES[verb]
        yield from _table(f"### `{verb.value}`\n\n{shape.meaning}", "field", shape.fields)


def _table(heading: str, first: str, rows: Mapping[str, str]) -> Iterator[str]:
    yield from (heading, "")
    if rows:
        yield from (f"| {first} | what it holds |", "| --- | --- |")
        yield from (f"| `{name}` | {meaning.replace('|', '/')} |" for name, meaning in rows.items())
    else:
        yield "No further fields."
    yield ""


def renewed(document: str) -> str:
    """`document` with the part between the two marks made anew. Raises ValueError where a mark is missing."""
    before, _, rest = document.partition(START)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the document needs the marks {START!r} and {END!r}")
    return f"{before}{START}\n\n{markdown()}\n{END}{after}"
