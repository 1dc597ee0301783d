"""These tests run on Python 3.10 beside Rasa: see pytest.ini here. The service's Python has no Rasa and passes them by."""

import sys

if sys.version_info >= (3, 11):
    collect_ignore_glob = ["test_*.py"]
