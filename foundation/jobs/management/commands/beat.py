"""`manage.py beat`: the sweep in a process of its own, for a server whose workers may all be busy or away."""

import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from foundation.constraints import require_guards
from foundation.jobs.worker import sweep_once


class Command(BaseCommand):
    """Tick until told to stop. Every worker ticks as well; any number of sweeps may run at once."""

    help = "定时巡查：补发没有人在做的作业，提出到点的作业；不做作业本身。"

    def handle(self, *args: Any, **options: Any) -> None:
        require_guards()
        over = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        self.stdout.write(f"巡查已开始，每 {settings.JOB_SWEEP_SECONDS} 秒一次。")
        self.stdout.flush()
        while True:
            sweep_once()
            if over.wait(settings.JOB_SWEEP_SECONDS):
                break
        self.stdout.write("巡查已停止。")
