"""Hubs: who leads them, where they are, and their places of each school year."""

from bot.hubs.adding import add_hub, add_leader
from bot.hubs.finding import Nearby, nearest, place_of
from bot.hubs.problems import HubProblem
from bot.hubs.year import school_year

__all__ = ["HubProblem", "Nearby", "add_hub", "add_leader", "nearest", "place_of", "school_year"]
