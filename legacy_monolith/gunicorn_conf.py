"""gunicorn's own settings. Read by the master, so bad settings end it before a worker starts."""

from legacy_monolith.settings import load

_settings = load()

bind = _settings.listen
workers = _settings.workers
threads = _settings.threads
worker_class = "gthread"
# Longer than any proxy in front keeps an idle connection: else the server could close one on which
# the proxy is just sending the next request.
keepalive = 75
timeout = 60
graceful_timeout = 20
proc_name = "legacy_monolith"
# It would be a socket in the home folder, shared by every stack of this user.
control_socket_disable = True
