"""The app, for whatever serves it. What stands in its way is said in sentences, not in a traceback."""

from forum.app import create_app
from forum.config import Unfit
from moderation.keys import KeysUnusable
from moderation.policy_file import PolicyError

try:
    app = create_app()
except (Unfit, KeysUnusable, PolicyError) as problem:
    raise SystemExit(f"Haven cannot start.\n{problem}") from None
