"""The package that a Teams administrator uploads: a manifest and two icons in a zip file."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import typst

from bot.settings import Settings, SettingsError

MANIFEST_VERSION = "1.17"
_SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{MANIFEST_VERSION}/MicrosoftTeams.schema.json"
_MARK = Path(__file__).parent.parent.parent / "widget" / "static" / "icon.svg"
_ACCENT = "#0f5a4c"
"""The mark's own green."""
_COLOUR_PIXELS = 192
_OUTLINE_PIXELS = 32
"""learn.microsoft.com, "App icons": the outline is white on nothing."""
_SHORT_NAME = 30
_COMMANDS = (
    ("help", "What I can do"),
    ("registrations", "Who has registered"),
    ("places", "How many places are left"),
    ("questions", "What waits for an answer"),
)


@dataclass(frozen=True, slots=True)
class Names:
    """What the app calls itself, from the facts; ``website`` is a bare host."""

    name: str
    short_name: str
    website: str


def package(settings: Settings, names: Names, version: str) -> bytes:
    """The zip file. Raises SettingsError where a setting is missing that it needs."""
    manifest_text = json.dumps(manifest(settings, names, version), indent=2, ensure_ascii=False)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", manifest_text + "\n")
        archive.writestr("color.png", _drawn(_MARK.read_text("utf-8"), _COLOUR_PIXELS))
        archive.writestr("outline.png", _drawn(_outlined(_MARK.read_text("utf-8")), _OUTLINE_PIXELS))
    return packed.getvalue()


def manifest(settings: Settings, names: Names, version: str) -> dict[str, Any]:
    """The manifest, of a bot and nothing else. Raises SettingsError."""
    if not settings.teams_app_id:
        raise SettingsError("PSQM_TEAMS_APP_ID is not set: docs/teams.md says where it comes from.")
    if not settings.public_url.startswith("https://"):
        raise SettingsError("PSQM_PUBLIC_URL has to be an https address that Teams can reach.")
    privacy = f"{settings.public_url}/privacy"
    bot = {
        "botId": settings.teams_app_id,
        "scopes": ["personal", "team", "groupChat"],
        "supportsFiles": False,
        "isNotificationOnly": False,
        "commandLists": [
            {
                "scopes": ["personal", "team", "groupChat"],
                "commands": [{"title": title, "description": says} for title, says in _COMMANDS],
            }
        ],
    }
    return {
        "$schema": _SCHEMA,
        "manifestVersion": MANIFEST_VERSION,
        "version": version,
        "id": settings.teams_app_id,
        "developer": {
            "name": names.short_name[:32],
            "websiteUrl": f"https://{names.website}",
            "privacyUrl": privacy,
            "termsOfUseUrl": privacy,
        },
        "name": {"short": f"{names.short_name} assistant"[:_SHORT_NAME], "full": f"{names.name} assistant"[:100]},
        "description": {
            "short": "Registrations and questions of your schools, where you work.",
            "full": (
                "Hub leaders and the office hear of every registration and every question that the assistant could not "
                "answer, and confirm or answer it with one click. Write to it as to a colleague: it knows how many places "
                "are left, and who has registered."
            ),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": _ACCENT,
        "bots": [bot],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(settings.public_url).netloc],
    }


def _outlined(svg: str) -> str:
    """The mark without its disc, in white."""
    disc_from, disc_to = svg.index("<circle"), svg.index("/>", svg.index("<circle")) + 2
    return (svg[:disc_from] + svg[disc_to:]).replace("#fdf8ec", "#ffffff")


def _drawn(svg: str, pixels: int) -> bytes:
    """A PNG of that width and height, see-through where nothing is drawn. A point is a pixel at 72 to the inch."""
    source = (
        f"#set page(width: {pixels}pt, height: {pixels}pt, margin: 0pt, fill: none)\n"
        f'#image(bytes({json.dumps(svg)}), format: "svg", width: 100%)'
    )
    return typst.compile(source.encode(), format="png", ppi=72.0)
