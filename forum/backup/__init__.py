"""Backups: one folder with the data and a manifest, the keys in another folder, and the way back.

Data and keys are kept apart on purpose: the data alone names nobody behind the audit's pseudonyms and opens no
second factor; the keys alone hold no words.
"""

from __future__ import annotations


class BackupFailed(Exception):
    """Nothing was made or restored. The message says why and what to do."""
