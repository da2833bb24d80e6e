"""A simulator of iAM Smart: the same protocol over real HTTP, with made-up people.

It is a composition root of its own (`python -m adapters.hk.simulator`) and never
runs unless asked; nothing of the ledger imports it.
"""

from adapters.hk.simulator.app import create_app
from adapters.hk.simulator.desk import SimulatorSettings
from adapters.hk.simulator.people import RESIDENTS

__all__ = ["RESIDENTS", "SimulatorSettings", "create_app"]
