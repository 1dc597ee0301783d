"""What texts ask, read by a model without a conversation: `python -m bot.engine.serving.reading --model FILE < questions.json`.

Standard input is a list of questions ``{"text", "before"?}``, ``before`` what was asked just before; standard output the list of
their readings, in the same order (see ``read``).
"""

import argparse
import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any, Dict, Optional, Text

import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.channel import as_words

_NAMES = ("PERSON", "ORG", "GPE")
_SUBJECTS = ("ask/", "open/")  # topics that a follow-up can be about


async def read(agent: Agent, text: Text, before: Optional[Text] = None) -> Dict[Text, Any]:
    """``{"certainty", "topics", "ranking": [{"topic", "share"}], "names": [{"start", "end", "kind"}]}``.

    ``names``: people, organisations and places in ``text``, in characters. ``before``: what was asked just before.
    """
    tracker = None
    if before is not None:
        topics = [topic for topic in (await read(agent, before))["topics"] if topic.startswith(_SUBJECTS)]
        tracker = DialogueStateTracker("reading", agent.domain.slots)
        if topics:
            tracker.update(SlotSet("topic", topics[-1]))
    words = as_words(text)
    shift = text.find(words) if words in text else 0
    parsed = await agent.processor.parse_message(UserMessage(words), tracker)
    understood = parsed.get("understanding") or {"certainty": "unknown", "topics": []}
    ranking = parsed.get("response_selector", {}).get("default", {}).get("ranking", [])
    return {
        "certainty": understood["certainty"],
        "topics": understood["topics"],
        "ranking": [{"topic": entry["intent_response_key"], "share": entry["confidence"]} for entry in ranking],
        "names": [
            {"start": entity["start"] + shift, "end": entity["end"] + shift, "kind": entity["entity"]}
            for entity in parsed.get("entities", [])
            if entity.get("entity") in _NAMES and entity.get("extractor")
        ],
    }


async def _read_all(model: Path) -> None:
    agent = Agent.load(str(model))
    questions = json.load(sys.stdin)
    readings = [await read(agent, question["text"], question.get("before")) for question in questions]
    json.dump(readings, sys.stdout)


def main() -> None:
    """Reads the arguments and the questions, and writes the readings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    # Rasa says what it reads, to standard output.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(_read_all(parser.parse_args().model))


if __name__ == "__main__":
    main()
