"""What every HTML page owes its reader. Each rule is a generator of complaints; no complaint means it holds.

Promise 13 (ARCHITECTURE.md): works without JavaScript, loads nothing from another host, shows a way to help and a
way to leave. The rest are accessibility and privacy, which nobody should have to remember per page.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from tests.support.markup import elements, name_of, visible_text
from tests.support.reading import grade, own_words

Rule = Callable[[Element], Iterator[str]]
UNLABELLED_KINDS = {"hidden", "submit", "button", "image", "reset"}
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "manifest"}
MEMBER_GRADE = 8.0
STAFF_GRADE = 12.0
STAFF_PATHS = ("/review", "/audit", "/admin")


def document_rule(root: Element) -> Iterator[str]:
    if not root.get("lang"):
        yield "html has no lang"
    titles = [visible_text_of_title(found) for found in elements(root, "title")]
    if len(titles) != 1 or not titles[0]:
        yield f"one title is needed, found {titles}"
    if len(list(elements(root, "main"))) != 1:
        yield "exactly one main is needed"


def visible_text_of_title(title: Element) -> str:
    return " ".join((title.text or "").split())


def heading_rule(root: Element) -> Iterator[str]:
    levels = [int(found.tag[1]) for found in elements(root, "h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1:
        yield f"exactly one h1 is needed, found {levels.count(1)}"
    for before, after in itertools.pairwise(levels):
        if after > before + 1:
            yield f"a heading jumps from h{before} to h{after}"
    for found in elements(root, "h1", "h2", "h3", "h4", "h5", "h6"):
        if not visible_text(found):
            yield f"an empty {found.tag}"


def id_rule(root: Element) -> Iterator[str]:
    ids = Counter(found.get("id") for found in elements(root) if found.get("id"))
    yield from (f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
    for found in elements(root):
        target = found.get("href") or ""
        if target.startswith("#") and target not in {"#", "#top"} and target[1:] not in ids:
            yield f"link to {target}, which is not on the page"
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for name in (found.get(attribute) or "").split():
                if name not in ids:
                    yield f"{found.tag} {attribute} names {name!r}, which is not on the page"


def label_rule(root: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in elements(root, "label") if visible_text(label)}
    wrapped = {
        id(inner) for label in elements(root, "label") if visible_text(label) for inner in elements(label)
    }
    in_fieldset = {
        id(inner)
        for fieldset in elements(root, "fieldset")
        if any(visible_text(legend) for legend in elements(fieldset, "legend"))
        for inner in elements(fieldset)
    }
    for field in elements(root, "input", "select", "textarea"):
        if field.tag == "input" and field.get("type") in UNLABELLED_KINDS:
            continue
        named = field.get("id") in labelled if field.get("id") else False
        if not (named or id(field) in wrapped or field.get("aria-label") or field.get("aria-labelledby")):
            yield f"field {field.get('name') or field.get('id')!r} has no label"
        if field.get("type") == "radio" and id(field) not in in_fieldset:
            yield f"radio {field.get('name')!r} is in no fieldset with a legend"


def name_rule(root: Element) -> Iterator[str]:
    for found in elements(root, "a", "button", "summary"):
        if not name_of(found, root):
            yield f"{found.tag} {found.get('href') or found.get('name') or ''!r} says nothing"
    for image in elements(root, "img"):
        if image.get("alt") is None:
            yield f"img {image.get('src')!r} has no alt"
    for table in elements(root, "table"):
        if not list(elements(table, "th")):
            yield "a table without header cells"


def inline_rule(root: Element) -> Iterator[str]:
    for found in elements(root):
        if found.tag == "style":
            yield "an inline style element"
        if found.tag == "script" and not found.get("src"):
            yield "an inline script"
        for name, value in found.attrib.items():
            if name == "style":
                yield f"a style attribute on {found.tag}"
            if name.startswith("on"):
                yield f"an {name} handler on {found.tag}"
            if name not in {"value", "name"} and value.strip().lower().startswith("javascript:"):
                yield f"a javascript: address on {found.tag}"


def loading_rule(root: Element) -> Iterator[str]:
    for found in elements(root):
        addresses = {name: value for name, value in found.attrib.items() if name in LOADING}
        if found.tag == "link":
            addresses["href"] = found.get("href") or ""
        for name, value in addresses.items():
            if urlsplit(value).netloc:
                yield f"{found.tag} {name} loads from another host: {value}"
        if found.tag in {"base", "iframe", "object", "embed"}:
            yield f"a {found.tag} element"
        if (found.get("http-equiv") or "").lower() == "refresh":
            yield "a page that reloads itself"


def way_rule(root: Element) -> Iterator[str]:
    """Help and leaving are one step away from everywhere."""
    targets = {urlsplit(found.get("href") or "").path for found in elements(root, "a")}
    targets |= {urlsplit(found.get("action") or "").path for found in elements(root, "form")}
    for way in ("/help", "/leave"):
        if way not in targets:
            yield f"no way to {way}"


def form_rule(root: Element) -> Iterator[str]:
    for form in elements(root, "form"):
        tokens = [found for found in elements(form, "input") if found.get("name") == "csrf_token"]
        posts = (form.get("method") or "get").lower() == "post"
        if posts and (len(tokens) != 1 or not tokens[0].get("value")):
            yield f"form {form.get('action') or form.get('id')!r} posts without its token"
        if not posts and tokens:
            yield f"form {form.get('action')!r} would put its token into the address"
        if not any(_submits(found) for found in elements(root, "button", "input") if _belongs(found, form)):
            yield f"form {form.get('action') or form.get('id')!r} has no button, so it needs a script"


def _submits(found: Element) -> bool:
    if found.tag == "button":
        return (found.get("type") or "submit") == "submit"
    return found.get("type") in {"submit", "image"}


def _belongs(found: Element, form: Element) -> bool:
    if outside := found.get("form"):
        return outside == form.get("id")
    return any(inner is found for inner in form.iter())


def reading_rule(root: Element, path: str) -> Iterator[str]:
    limit = STAFF_GRADE if path.startswith(STAFF_PATHS) else MEMBER_GRADE
    for main in elements(root, "main"):
        found = grade(own_words(main))
        if found is not None and found > limit:
            yield f"reads at grade {found:.1f}, above {limit:.0f}"


RULES: tuple[Rule, ...] = (
    document_rule,
    heading_rule,
    id_rule,
    label_rule,
    name_rule,
    inline_rule,
    loading_rule,
    way_rule,
    form_rule,
)


def page_complaints(root: Element, path: str) -> list[str]:
    """All that is wrong with a page."""
    found = [complaint for rule in RULES for complaint in rule(root)]
    return [*found, *reading_rule(root, path)]


def header_complaints(headers: dict[str, str], *, signed_in: bool) -> list[str]:
    """All that is wrong with a page's headers."""
    policy = _directives(headers.get("Content-Security-Policy", ""))
    wrong = []
    if not policy:
        wrong.append("no Content-Security-Policy")
    wrong += [
        f"CSP allows {word}"
        for words in policy.values()
        for word in words
        if re.match(r"'unsafe|\*|https?:", word)
    ]
    wrong += [
        f"CSP lacks {name}"
        for name in ("default-src", "frame-ancestors", "base-uri", "form-action")
        if policy and name not in policy
    ]
    if headers.get("X-Content-Type-Options") != "nosniff":
        wrong.append("no X-Content-Type-Options: nosniff")
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        wrong.append("no Referrer-Policy: same-origin")
    cached = headers.get("Cache-Control", "")
    if signed_in and "no-store" not in cached:
        wrong.append(f"a signed-in page may be stored: Cache-Control is {cached!r}")
    return wrong


def _directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {part[0]: part[1:] for part in parts}


def hidden_from_search_engines(root: Element, headers: dict[str, str]) -> bool:
    metas = [found.get("content") or "" for found in elements(root, "meta") if found.get("name") == "robots"]
    return any("noindex" in value for value in [*metas, headers.get("X-Robots-Tag", "")])
