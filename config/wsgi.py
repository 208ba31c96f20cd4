"""The web process: any WSGI server, `config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config import processes, services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("PROMPTUARY_PROCESS", "web")
services.start()
application = get_wsgi_application()
# The first visitor does not wait for every page's module to be read; a broken one ends the start.
_ = get_resolver().url_patterns
# bin/up reads the modules while the tables are still being made.
processes.wait_while("PROMPTUARY_WAIT_WHILE")
