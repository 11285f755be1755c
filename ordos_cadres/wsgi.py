"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from foundation.constraints import require_guards

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordos_cadres.settings.embedded")

application = get_wsgi_application()
require_guards()
