#!/usr/bin/env python
"""Run a command of the project; without other word on the embedded settings (SQLite, no server to install)."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordos_cadres.settings.embedded")
    execute_from_command_line(sys.argv)
