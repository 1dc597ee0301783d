"""Asks evaluation questions through the chat API of a running assistant."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp

from bench.evaluation import Answered, Question
from bench.topics import ASKED_BACK, Topics

# Two at a time keep both processes of the assistant at work; more would only wait.
_AT_ONCE = 2
_SECONDS_A_REQUEST = 30.0
FORMS = {
    "form/": "register",
    "letter/": "send_letter",
    "handover/": "person",
}  # how the responses of a form begin, and the wish that it serves


class AskingError(Exception):
    """The assistant could not be asked; the text says why."""


async def ask_all(
    url: str, questions: Sequence[Question], topics: Topics, on_answer: Callable[[], object] = lambda: None
) -> list[Answered]:
    """Asks every question at the assistant at ``url`` in a conversation of its own; the answers come in the same order.

    Raises:
        AskingError: if it cannot be reached or fails (status 500 and above).
    """
    turn = asyncio.Semaphore(_AT_ONCE)

    async def answer(http: aiohttp.ClientSession, question: Question) -> Answered:
        async with turn:
            answered = await ask(http, question, topics)
        on_answer()
        return answered

    async with aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=_SECONDS_A_REQUEST)) as http:
        tasks = [asyncio.create_task(answer(http, question)) for question in questions]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()


async def ask(http: aiohttp.ClientSession, question: Question, topics: Topics) -> Answered:
    """Asks one question in a new conversation, after what comes before it. Raises AskingError like ``ask_all``."""
    session = (await post(http, "/api/sessions", {}))["session"]
    if question.before is not None:
        await post(http, "/api/messages", {"text": question.before}, session)
    return understood(await post(http, "/api/messages", {"text": question.text}, session), topics)


async def post(
    http: aiohttp.ClientSession, path: str, body: dict[str, str], session: str | None = None
) -> dict[str, Any]:
    """Posts to the chat API and returns its answer, also one that refuses. Raises AskingError like ``ask_all``."""
    headers = {"Authorization": f"Bearer {session}"} if session else None
    try:
        async with http.post(path, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise AskingError(f"POST {path}: {type(error).__name__}") from None
    if response.status >= 500 or response.status == 429:
        raise AskingError(f"POST {path}: status {response.status}")
    return answer


def understood(answer: dict[str, Any], topics: Topics) -> Answered:
    """The topics behind an answer of the API; "service" stands for the service's own words, such as a refusal."""
    messages = answer.get("messages", [])
    if not messages:
        return Answered(("service",))
    names = [topics.by_text.get(message["text"], "service") for message in messages]
    if ASKED_BACK in names:
        choices = messages[names.index(ASKED_BACK)].get("choices", [])
        return Answered(offered=tuple(topics.by_label.get(choice["label"], "service") for choice in choices))
    return Answered(tuple(dict.fromkeys(sorted(map(_wish, names), key=lambda name: name in FORMS.values()))))


def _wish(name: str) -> str:
    return next((wish for start, wish in FORMS.items() if name.startswith(start)), name)
