"""Which hub a school is offered: the one that the person chose, or the first open one with a place.

First comes the hub that invited the school by letter, however far it is; then the others, nearest first.
"""

from dataclasses import dataclass

from bot.hubs import Nearby
from bot.registration_form.directory import Directory
from bot.registration_form.draft import Draft, Say
from bot.registration_form.wording import first_session, miles, places
from bot.registrations.registration import Place

NO_HUB = "no hub yet"
_SHOWN = 4  # hubs to choose from


@dataclass(frozen=True, slots=True)
class Offer:
    """``hub`` None: none is near. A hub without a place left is offered to wait for."""

    hub: Nearby | None

    @property
    def cohort_id(self) -> str | None:
        return self.hub.place.cohort_id if self.hub else None


async def offer(draft: Draft, directory: Directory) -> Offer:
    """The hub that the draft's school would be registered with now."""
    hubs = await _open_hubs(draft, directory)
    chosen = next((hub for hub in hubs if hub.place.cohort_id == draft.hub), None)
    with_place = next((hub for hub in hubs if hub.place.left > 0), None)
    first = hubs[0] if hubs else None
    return Offer(chosen or with_place or first)


async def offered_hub(draft: Draft, directory: Directory) -> list[Say]:
    """What is said of the hub in the summary: the truth, also when there is no place."""
    if there := await directory.registered(draft.known_school):
        return [
            Say("form/school_there", {"your_hub": there.place.hub_name} if there.place else {"your_hub": "no hub yet"})
        ]
    offered = await offer(draft, directory)
    if offered.hub is None:
        return [Say("form/hub_none_near")]
    place = offered.hub.place
    says = [Say("form/hub_offered" if place.left > 0 else "form/hub_full", hub_values(offered.hub))]
    if place.is_example:
        says.append(Say("form/hub_example"))
    return says


async def listed_hubs(draft: Draft, directory: Directory) -> list[Say]:
    """The hubs to choose from."""
    hubs = (await _open_hubs(draft, directory))[:_SHOWN]
    if not hubs:
        return [Say("form/hub_none_near")]
    return [Say("form/ask_hub", choices=tuple((hub_label(hub), f"hub:{hub.place.cohort_id}") for hub in hubs))]


async def _open_hubs(draft: Draft, directory: Directory) -> list[Nearby]:
    near = await directory.hubs_near(draft.known_school)
    if draft.invited_by is None:
        return near
    inviting = await directory.open_hub(draft.invited_by, draft.known_school)
    others = [hub for hub in near if hub.place.cohort_id != draft.invited_by]
    return [inviting, *others] if inviting else others


def hub_label(hub: Nearby) -> str:
    """A hub in one line: "Barnet hub (Ann Lee), 3 miles, 4 places left"."""
    parts = [f"{hub.place.hub_name} ({hub.place.leader_name})", miles(hub.miles), places(hub.place.left)]
    return ", ".join(part for part in parts if part)


def hub_values(hub: Nearby) -> dict[str, str]:
    """The values of the responses that tell of a hub."""
    distance = miles(hub.miles)
    return place_values(hub.place) | {
        "your_distance": f"{distance} from your school" if distance else "distance not known"
    }


def place_values(place: Place) -> dict[str, str]:
    """The same without the distance."""
    return {
        "your_hub": place.hub_name,
        "your_leader": place.leader_name,
        "your_places": places(place.left),
        "your_session": first_session(place),
    }
