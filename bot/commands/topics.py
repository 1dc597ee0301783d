"""`psqm topics`: topics of one's own, as files or from the desk."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.errors import UsageProblem, clear_errors

if TYPE_CHECKING:
    from bot.learning.own_topics import OwnTopic
    from bot.settings import Settings

app = typer.Typer(name="topics", help="Topics that were added without code.", no_args_is_help=True)


@app.command()
def check(
    path: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="One file; without it all of data/nlu/own.")
    ] = None,
) -> None:
    """Check files of topics, and ask the running assistant what it takes their examples for today."""
    with clear_errors() as settings:
        from bot.answers import OWN_TOPICS
        from bot.learning.own_topics import TopicRefused
        from bot.training import ROOT

        paths = [path] if path else sorted((ROOT / OWN_TOPICS).glob("*.yml"))
        if not paths:
            typer.echo(f"There are no topics in {OWN_TOPICS}: docs/learning.md has one to copy.")
        for one in paths:
            try:
                _check(settings, one)
            except TopicRefused as error:
                raise UsageProblem(f"{one}: {error}") from None


def _check(settings: "Settings", path: Path) -> None:
    import asyncio

    from bot.facts import load_facts
    from bot.learning import own_topics
    from bot.learning.examples import topics
    from bot.learning.teaching import NotTaught, Teaching
    from bot.training import ROOT

    topic: OwnTopic = own_topics.from_file(path)
    known = topics(ROOT / "data" / "nlu")
    own_topics.check(topic, known, load_facts(settings.facts_path))
    try:
        teaching = Teaching(settings.engine_url, settings.engine_secret)
        readings = asyncio.run(teaching.read(list(topic.examples)))
    except NotTaught as error:
        typer.echo(f"{path}: well written. Whether it is near another topic was not looked at. {error}")
        return
    near = own_topics.overlaps(topic, readings, {name: other.label for name, other in known.items()})
    typer.echo(f"{path}: well written{'' if near else ', and unlike the other topics'}.")
    for sentence in near:
        typer.echo(f"  {sentence}")
