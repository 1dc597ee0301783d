"""What members of staff ask of the desk: topics that nobody else's words ever reach.

They are learned by a model of their own, so that everybody else is read exactly as if they were not there. It tells the desk's
topics from one another and from all the rest, for which it sees a part of the other examples.
"""

from typing import List, Optional, Sequence, Tuple

from bot.engine.encoder import SentenceEncoder
from bot.engine.reading import Certainty, Reader, Reading
from bot.engine.topic_model import TopicModel

DESK = "desk"
_REST = "rest"
# Asked by a head and by a leader in the same words, and meant otherwise: "how many places are left?"
_SAME_WORDS = frozenset(
    {"open/deadline", "send_letter", "register", "ask/first_session", "open/venue", "chat/capabilities"}
)
_ONE_IN = 5  # of the other examples: they are forty times as many
_ASKED = 0.5  # from this probability (0 to 1) on it is a topic of the desk's


def is_desk_topic(topic: str) -> bool:
    """Whether ``topic`` ("desk/places") is one of those."""
    return topic.partition("/")[0] == DESK


def fit_desk(lessons: Sequence[Tuple[str, str]], encoder: SentenceEncoder) -> Optional[TopicModel]:
    """Fits the model to all examples, as (text, topic); None where the desk has none."""
    own = [lesson for lesson in lessons if is_desk_topic(lesson[1])]
    if not own:
        return None
    others = [text for text, topic in lessons if not is_desk_topic(topic) and topic not in _SAME_WORDS]
    taught = [*own, *((text, _REST) for text in others[::_ONE_IN])]
    texts = [text for text, _ in taught]
    return TopicModel.fit(texts, encoder.encode(texts), [topic for _, topic in taught])


class DeskReader:
    """Reads the messages of members of staff: what is not for the desk is read as anybody's is."""

    def __init__(self, model: TopicModel, encoder: SentenceEncoder, anybody: Reader) -> None:
        self._model = model
        self._encoder = encoder
        self._anybody = anybody

    def read(self, text: str, last_topic: Optional[str] = None) -> Reading:
        """Reads ``text`` (spelling already mended), after an answer on ``last_topic`` if there was one."""
        prediction = self._model.predict([text], self._encoder.encode([text]))[0]
        topic, share = prediction.ranking[0]
        if topic == _REST or share < _ASKED:
            return self._anybody.read(text, last_topic)
        ranking: List[Tuple[str, float]] = [entry for entry in prediction.ranking if entry[0] != _REST]
        return Reading(Certainty.SURE, [topic], ranking)
