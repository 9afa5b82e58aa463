"""Loading what a country pack knows into every register that has a `loading` module."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from everychild.catalogue.countries import CountryPack
from everychild.registers.installed import REGISTERS
from everychild.registers.people.system import system_account


def load_pack(pack: CountryPack) -> None:
    """Call `load(by, pack)` of each register, in their order; a pack loaded twice changes nothing the second time.

    People may have amended what the pack once said: loaders leave such records alone (`audit.queries.kept_by_people`).
    """
    by = system_account()
    for name in REGISTERS:
        module = f"everychild.registers.{name}.loading"
        if find_spec(module):
            import_module(module).load(by, pack)
