"""When Django has loaded every register: import their actions and hold them against the table of permissions."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RegistersConfig(AppConfig):
    name = "everychild.registers"
    label = "registers"

    def ready(self) -> None:
        from everychild.registers.actions import ACTIONS
        from everychild.registers.installed import REGISTERS
        from everychild.registers.permissions import permission_table

        autodiscover_modules("actions", "open_files")
        permission_table(REGISTERS).hold_against(ACTIONS)
