"""The composition of the house: settings, URLs, the Celery app, the order of the night, the sample city.

It imports every app and no app imports it. Rules of the field live in the apps, never here.
"""

from ordos_cadres.celery import app as celery_app

__all__ = ["celery_app"]
