"""The web process: any WSGI server, `config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from config import services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("PROMPTUARY_PROCESS", "web")
services.start()
application = get_wsgi_application()
