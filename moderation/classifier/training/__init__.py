"""Making the model: needs `requirements/train.txt`. Nothing that serves imports this."""
