"""`make screenshots`: pictures of the main pages, taken from the demo community in a folder that is thrown away."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from waitress.server import create_server

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from forum import clock, demo  # noqa: E402  (the project's folder first)
from forum.actions import policies  # noqa: E402
from forum.actions.judging import Judges  # noqa: E402
from forum.app import create_app  # noqa: E402
from forum.config import Settings  # noqa: E402
from forum.db import migrate  # noqa: E402
from forum.judges import build_detectors, build_holder, build_policy  # noqa: E402
from forum.web.parts import KEY  # noqa: E402
from moderation import sampling  # noqa: E402
from moderation.detectors import Detector  # noqa: E402
from moderation.detectors.contact import ContactDetector  # noqa: E402
from moderation.detectors.fixed import fixed_detector  # noqa: E402
from moderation.detectors.holder import ModelState  # noqa: E402
from moderation.detectors.phrases import PhraseDetector  # noqa: E402
from moderation.policy import Policy  # noqa: E402

PICTURES = ROOT / "docs" / "screenshots"
DESK, PHONE = 1280, 390
PATIENCE = 60_000
"""Milliseconds: a busy machine may take its time."""
SWITCHES = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]


@dataclass(frozen=True)
class Picture:
    """One picture: who looks, and how they get to what is worth seeing."""

    name: str
    steps: Callable[[Page], None]
    who: str | None = None
    width: int = DESK
    height: int = 844
    scheme: str = "light"


def at(path: str) -> Callable[[Page], None]:
    """Open an address."""
    return lambda page: void(page.goto(path))


def thread(title: str) -> Callable[[Page], None]:
    """Open a thread of the demo as a member would find it."""

    def steps(page: Page) -> None:
        page.goto("/groups")
        page.get_by_role("link", name="Evenings", exact=True).click()
        page.get_by_role("link", name=title, exact=True).click()

    return steps


def the_held_post(page: Page) -> None:
    """A newcomer's first post, once the panel is put away."""
    thread("First time saying this anywhere")(page)
    page.get_by_role("button", name="Skip for now").click()
    page.locator(".post-held").wait_for()


def an_item(page: Page) -> None:
    """The item in which software saw contact details, taken and opened."""
    page.goto("/review")
    about = page.locator(".card", has_text="contact details")
    about.get_by_role("button", name="Take this one").click()
    page.get_by_role("button", name="Open the words").click()
    page.locator("mark").first.wait_for()
    page.evaluate("scrollTo(0, 330)")


def own_appeal(page: Page) -> None:
    """A member's appeal that waits for another person."""
    page.goto("/appeals")
    page.locator("main .card", has_text="It waits for another person.").get_by_role("link").click()


def the_appeal(page: Page) -> None:
    """The same appeal at the desk, taken and opened by somebody who had no part in the decision."""
    page.goto("/review?state=appeals")
    page.get_by_role("button", name="Take this one").click()
    page.get_by_role("button", name="Open the words").click()
    page.get_by_role("button", name="Settle it and tell the author").wait_for()
    page.evaluate("scrollTo(0, 500)")


def void(_answer: object) -> None:
    """A step gives nothing back."""


PLANNED: Sequence[Picture] = (
    Picture("groups", at("/groups"), "demo-marigold", height=1000),
    Picture("thread", thread("What do you do between ten and midnight?"), "demo-member"),
    Picture("folded", thread("Eight months, then last night"), "demo-member"),
    Picture("help-panel", at("/groups"), "demo-newcomer"),
    Picture("held", the_held_post, "demo-newcomer"),
    Picture("help", at("/help")),
    Picture("review", at("/review"), "demo-moderator"),
    Picture("review-item", an_item, "demo-moderator"),
    Picture("waiting-list", at("/g/sunday-circle/about"), "demo-member"),
    Picture("notice", at("/notices"), "demo-member"),
    Picture("appeal", own_appeal, "demo-member", height=900),
    Picture("review-appeal", the_appeal, "demo-lead"),
    Picture("hours", at("/admin/hours"), "demo-admin"),
    Picture("audit", at("/audit"), "demo-auditor"),
    Picture("phone-thread", thread("Long sleeves and a summer wedding"), "demo-member", PHONE),
    Picture("thread-dark", thread("Long sleeves and a summer wedding"), "demo-member", scheme="dark"),
    Picture(
        "phone-folded-dark", thread("Eight months, then last night"), "demo-member", PHONE, scheme="dark"
    ),
)


def main() -> int:
    """Take every picture, or those that are named on the command line."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        sys.stderr.write("Pictures need Chromium (Debian: apt-get install chromium).\n")
        return 1
    wanted = [picture for picture in PLANNED if picture.name in sys.argv[1:] or len(sys.argv) == 1]
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="haven-") as folder,
        serving(a_demo(Path(folder))) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        for picture in wanted:
            size = take(browser, address, picture)
            print(f"{picture.name}.png  {size // 1024} KB")
        browser.close()
    return 0


def a_demo(folder: Path) -> Flask:
    """The site with its invented community, on a database of its own."""
    settings = Settings(
        instance=folder, embedded_worker=False, rate_limits=False, sign_up="open", log_level="ERROR"
    )
    migrate(settings.url)
    policy = build_policy(settings)
    app = create_app(settings, detectors=_detectors(settings, policy))
    logging.getLogger("waitress").setLevel(logging.ERROR)
    made = app.extensions[KEY]
    with made.database.transaction() as session:
        policies.activate(session, policy, at=clock.now())
    with made.database.transaction() as session:
        demo.fill(session, Judges(made.detectors, policy, sampling.never))
    return app


def _detectors(settings: Settings, policy: Policy) -> Sequence[Detector]:
    """The real ones; where no model is ready for this policy, the fixed classifier in its place."""
    holder = build_holder(settings, policy)
    holder.start()
    if holder.wait(None) is ModelState.READY:
        return build_detectors(holder, policy, budget_seconds=None)
    print("No model is ready here: the pictures are taken with the fixed classifier.")
    return (fixed_detector(), PhraseDetector(), ContactDetector())


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The site on a free port of this machine until the block ends; gives its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(10)


def take(browser: Browser, address: str, picture: Picture) -> int:
    """One picture in a window of its own; gives its size in bytes."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/London",
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    if picture.who is not None:
        page.goto("/sign-in")
        page.get_by_label("Your private sign-in name").fill(picture.who)
        page.get_by_label("Pass-phrase").fill(demo.PASS_PHRASE)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Account", exact=True).wait_for()
    picture.steps(page)
    page.wait_for_load_state("networkidle")
    path = PICTURES / f"{picture.name}.png"
    page.screenshot(path=path, full_page=False)
    context.close()
    return path.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
