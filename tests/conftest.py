"""What every test may ask for. The parts are in tests/support/, one room each."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Before anything reads them: the suite decides its own settings, and no library may call out.
for _name in [
    name for name in os.environ if name.startswith("HAVEN_") and not name.startswith("HAVEN_TEST_")
]:
    del os.environ[_name]
os.environ["HAVEN_ENV"] = "test"
os.environ["HF_HUB_OFFLINE"] = "1"

settings.register_profile("haven", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("haven")  # a busy machine is slow, not wrong

pytest_plugins = [
    "tests.support.shared_counts",
    "tests.support.machine",
    "tests.support.browser",
    "tests.support.site",
]
