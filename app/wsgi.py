"""For a WSGI server: ``gunicorn app.wsgi:app``."""

from app.config import Settings
from app.factory import create_app
from app.web.request_log import log_to

log_to()
app = create_app(Settings.from_environment())
