"""The desk's blueprint, alone, so that each of its pages can be a file of its own."""

from flask import Blueprint

bp = Blueprint("review", __name__, url_prefix="/review")
