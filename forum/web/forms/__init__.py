"""Form parts that more than one room uses: names, places, pass-phrases."""
