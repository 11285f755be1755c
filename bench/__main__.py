"""``python -m bench``: JSON on standard output, comparable between commits; ratios, since machines differ."""

import argparse
import json
import logging
import os
import sys


def main() -> int:
    """Read the shape, make a database of its own, measure, drop it."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--subjects", type=int, default=20_000)
    parser.add_argument("--indicators", type=int, default=24)
    given = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "ordos_cadres.settings.test"
    os.environ["ORDOS_TEST_DATABASE"] = given.engine
    json.dump(_measured(given.engine, given.subjects, given.indicators), sys.stdout, indent=1)
    sys.stdout.write("\n")
    return 0


def _measured(engine: str, subjects: int, indicators: int) -> dict[str, object]:
    import django  # noqa: PLC0415 - the settings are chosen by the arguments above

    django.setup()
    from django.db import connection  # noqa: PLC0415 - as above

    from bench.city import Shape  # noqa: PLC0415 - as above
    from bench.recompute import measure  # noqa: PLC0415 - as above

    logging.disable(logging.INFO)
    if engine == "postgresql":
        # Of its own: the tests' database may be in use.
        connection.settings_dict["TEST"]["NAME"] = f"ordos_bench_{os.getpid()}"
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return {
            "engine": engine,
            "subjects": subjects,
            "indicators": indicators,
            **measure(Shape(subjects, indicators)),
        }
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
