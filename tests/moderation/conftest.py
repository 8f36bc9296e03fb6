"""Settings for the property tests of this room."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("moderation", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("moderation")
