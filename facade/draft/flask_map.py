"""`PYTHON flask_map.py MODULE:APP FILE`: write a Flask application's URL map into FILE, as JSON.

It runs in the application's own environment and folder, and imports nothing of ours.
"""

import json
import sys
from pathlib import Path


def main(target: str, file: Path) -> None:
    """Import the application, which also may be made by a factory: `module:create_app()`."""
    sys.path.insert(0, str(Path.cwd()))
    from flask.cli import ScriptInfo

    app = ScriptInfo(app_import_path=target, set_debug_flag=False).load_app()
    rules = [
        {"rule": rule.rule, "methods": sorted(rule.methods or ())}
        for rule in app.url_map.iter_rules()
        if not rule.subdomain and not rule.websocket
    ]
    found = {"rules": rules, "session_cookie": app.config["SESSION_COOKIE_NAME"]}
    file.write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
