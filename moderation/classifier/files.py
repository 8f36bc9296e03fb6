"""Where the model that ships lies, and what its files are called: known without opening any of them."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "model"
CARD = "card.json"
GRAPH = "model.onnx"
HEADS = "heads.safetensors"
