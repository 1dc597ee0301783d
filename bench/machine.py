"""Where and when something was measured, without the machine's name."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def circumstances(command: str) -> dict[str, Any]:
    """The command, the day, the cores and the model of the CPU, and how busy the machine was before."""
    return {
        "command": command,
        "date": datetime.now(UTC).date().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _cpu_model(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown"
