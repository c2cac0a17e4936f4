"""What processes see of the caller's environment."""

from fig.supervise.children import clean_environment


def test_only_what_is_needed_is_passed_on():
    caller = {
        "PATH": "/bin",
        "HOME": "/home/me",
        "HTTP_PROXY": "http://proxy",
        "PYTHONPATH": "/elsewhere",
        "PGPASSWORD": "mine",
        "CATALOG_FAULT": "left over",
        "FIG_LOG": "json",
    }
    assert clean_environment(caller) == {
        "PATH": "/bin",
        "HOME": "/home/me",
        "LANG": "C.UTF-8",
        "FIG_LOG": "json",
        "PYTHONUNBUFFERED": "1",
    }
