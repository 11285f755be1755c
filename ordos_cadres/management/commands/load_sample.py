"""`manage.py load_sample`: fill an empty database with the sample city."""

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ordos_cadres.sample.city import city_is_empty, load_city
from ordos_cadres.sample.people import DEFAULT_CADRES
from ordos_cadres.sample.users import lines

FEWEST = 120


class Command(BaseCommand):
    """Make units, people, rules and figures of the sample city through the services and the door of intake."""

    help = "在空数据库中载入示例城市：单位、干部、方案、考核数据，以及每种角色一个账号（密码只显示一次）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cadres", type=_count, default=DEFAULT_CADRES, help=f"干部人数（默认 {DEFAULT_CADRES}）")
        parser.add_argument("--quiet", action="store_true", help="不显示进度；账号和密码仍会显示一次")

    def handle(self, *args: Any, **options: Any) -> None:
        if not city_is_empty():
            raise CommandError(
                "数据库中已有单位、人员或账号，没有载入示例城市。示例只能载入空数据库：请换一个数据库，或先清空。"
            )
        say = (lambda text: None) if options["quiet"] else self.stdout.write
        with _jobs_in_silence():
            loaded = load_city(cadres=options["cadres"], say=say)
        say(f"示例城市已载入：{options['cadres']} 名干部，{loaded.batches} 批数据。示例文件在 {loaded.folder}")
        self.stdout.write("以下账号的密码只显示这一次，请记下：")
        for line in lines(loaded.users):
            self.stdout.write(line)


@contextmanager
def _jobs_in_silence() -> Iterator[None]:
    """A log line for each of some fifty jobs would bury the passwords."""
    log = logging.getLogger("foundation.jobs")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


def _count(text: str) -> int:
    number = int(text)
    if number < FEWEST:
        raise argparse.ArgumentTypeError(f"不少于 {FEWEST} 人，才有各单位的正职可比")
    return number
