"""Worlds: generated API logs with planted campaigns, benign look-alikes and known truth."""

from hydrascope.worlds.evasions import EVASIONS
from hydrascope.worlds.plans import INTENSITIES
from hydrascope.worlds.presets import PRESETS
from hydrascope.worlds.traps import TRAPS
from hydrascope.worlds.world import World, generate

__all__ = ["EVASIONS", "INTENSITIES", "PRESETS", "TRAPS", "World", "generate"]
