"""Worlds: generated API logs with planted campaigns, benign look-alikes and known truth."""

from hydrascope.worlds.presets import PRESETS
from hydrascope.worlds.world import World, generate

__all__ = ["PRESETS", "World", "generate"]
