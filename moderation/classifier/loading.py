"""Opening a model folder: card, files, encoder and heads must all fit one another."""

from __future__ import annotations

from pathlib import Path

from moderation.classifier.answer import ModelUnusable
from moderation.classifier.card import read_card
from moderation.classifier.encoder import open_encoder
from moderation.classifier.files import FOLDER, GRAPH, HEADS
from moderation.classifier.heads import read_heads
from moderation.classifier.model import Model


def load_model(folder: Path | None = None) -> Model:
    folder = folder or FOLDER
    card = read_card(folder)
    heads = read_heads(folder / HEADS)
    if heads.backbone != card.files[GRAPH]:
        raise ModelUnusable(
            "The heads were trained on another encoder than the one beside them; train them again."
        )
    encoder = open_encoder(folder)
    if heads.dense.shape[1] != encoder.width:
        raise ModelUnusable("The heads do not fit the encoder's features; train them again.")
    return Model(encoder, heads, card)
