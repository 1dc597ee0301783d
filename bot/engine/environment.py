"""What every Python process in the engine's environment starts with: `rasa train` at the root as well as the service's engine.

The line in requirements/engine.pth imports this module.
"""

import logging
import os

from bot.engine import stand_ins

# For work at the command line; `psqm engine` sets the real ones.
_DEFAULTS = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PSQM_ACTIONS_URL": "http://127.0.0.1:5055/webhook",
    "PSQM_ENGINE_SECRET": "only-for-work-at-the-command-line",
    "PSQM_TRACKER_URL": "sqlite://",
    # one message at a time and short texts: more threads only wait for each other
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

for _name, _value in _DEFAULTS.items():
    os.environ.setdefault(_name, _value)

stand_ins.install(stand_ins.TENSORFLOW)

# Says with a traceback that the braces of a button's payload are no slot, for each button of each answer.
logging.getLogger("rasa.core.nlg.interpolator").setLevel(logging.CRITICAL)
