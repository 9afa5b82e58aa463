"""The WSGI door for gunicorn and other servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everychild.website.settings")
application = get_wsgi_application()
