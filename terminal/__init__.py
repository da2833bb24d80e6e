"""Between the commands and a terminal: options are read here, and answers shown.

What lays answers out is imported where it is used, because it is heavy.
"""

from terminal.answers import show, show_json
from terminal.commands import Commands, Refused
from terminal.options import cut_options, json_option, personal_option, staff_option

__all__ = [
    "Commands",
    "Refused",
    "cut_options",
    "json_option",
    "personal_option",
    "show",
    "show_json",
    "staff_option",
]
