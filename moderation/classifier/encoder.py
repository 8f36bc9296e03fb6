"""The transformer: text to tokens (transformers), tokens to features (onnxruntime).

Both are heavy, so they are imported only inside `open_encoder`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.classifier.answer import ModelUnusable
from moderation.classifier.files import GRAPH
from moderation.classifier.windows import Window, cut

MAX_TOKENS = 256
"""What the encoder was trained at; a window of 192 and its two marks always fit."""


@dataclass(frozen=True, slots=True)
class Encoder:
    tokenizer: Any
    session: Any
    width: int

    def windows(self, text: str) -> tuple[list[Window], bool]:
        """The text as windows, and whether some of it was left over."""
        read = self.tokenizer(
            text, add_special_tokens=False, truncation=False, padding=False, return_offsets_mapping=True
        )
        return cut(read["input_ids"], read["offset_mapping"])

    def features(self, window: Window) -> NDArray[np.float32]:
        """One window at a time: int8 scales depend on what shares a batch, and a score must not."""
        ids = np.array(
            [[self.tokenizer.cls_token_id, *window.ids, self.tokenizer.sep_token_id]], dtype=np.int64
        )
        fed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        features: NDArray[np.float32] = self.session.run(["features"], fed)[0][0]
        return features


def open_encoder(folder: Path) -> Encoder:
    """Reads files of `folder` only; nothing is ever fetched and no code from a checkpoint is run."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    try:
        import onnxruntime
        from transformers import AutoTokenizer
        from transformers.utils import logging
    except ImportError as error:
        raise ModelUnusable(
            "The packages that run the model are not installed; install requirements.txt."
        ) from error
    quiet: Any = logging
    quiet.set_verbosity_error()
    quiet.disable_progress_bar()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False, use_fast=True
        )
        session = onnxruntime.InferenceSession(
            str(folder / GRAPH), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # two libraries, a dozen error types, one meaning
        raise ModelUnusable("The model's files do not open; restore the folder or build it again.") from error
    # A long text is cut into windows here, so the tokenizer's own limit must not warn about it.
    tokenizer.model_max_length = 10**9
    return Encoder(tokenizer, session, width=int(session.get_outputs()[0].shape[-1]))
