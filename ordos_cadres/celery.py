"""The Celery app: messages carry a job's id and nothing else; truth stands in the Job row (design §8)."""

import os

from celery import Celery

from foundation.jobs.file_broker import use_whole_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordos_cadres.settings.embedded")

use_whole_files()
app = Celery("ordos_cadres")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# By name: this module is read before the apps are, and the step reads models.
app.steps["worker"].add("foundation.jobs.worker:SweepStep")
