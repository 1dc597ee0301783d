"""The section of results.md about schools."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.tables import MB, percent, table


def section(measured: Mapping[str, Any]) -> str:
    """Both tables of import and look-up, and what was right of each kind of query."""
    systems = measured["systems"]
    imports = [
        [kind, which, f"{one['rows']:,}", f"{one['seconds']:.1f}", f"{one['rows'] / one['seconds']:,.0f}", _mb(one)]
        for kind, of in measured["imports"].items()
        for which, one in of.items()
    ]
    looked_up = [
        [name, percent(one["right"]), f"{one['p50_ms']:.1f}", f"{one['p95_ms']:.1f}"] for name, one in systems.items()
    ]
    kinds = next(iter(systems.values()))["by_kind"]
    by_kind = [[kind, kinds[kind][1], *(one["by_kind"][kind][0] for one in systems.values())] for kind in kinds]
    return "\n\n".join(
        [
            table(["import", "which", "rows", "seconds", "rows/s", "peak memory, MB"], imports),
            f"Look-up among {measured['schools']:,} schools, {measured['queries']} queries of seed {measured['seed']}:",
            table(["", "right in the first 3", "p50 ms", "p95 ms"], looked_up),
            "Right in the first 3, by kind of query:",
            table(["kind", "n", *systems], by_kind),
        ]
    )


def reached(measured: Mapping[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """What the figures are held against: what, its goal, what was measured, whether it is reached."""
    peer = measured["systems"]["rapidfuzz in memory"]
    for kind, of in measured["imports"].items():
        first = of["first"]
        told = f"{first['seconds']:.1f} s, {_mb(first)} MB"
        yield (
            f"import of {first['rows']:,} rows, {kind}",
            "under 30 s and 200 MB",
            told,
            first["seconds"] < 30 and first["peak_bytes"] < 200 * MB,
        )
    for kind in measured["imports"]:
        ours = measured["systems"][f"ours, {kind}"]
        yield f"right school in the first 3, {kind}", "at least 98 %", percent(ours["right"]), ours["right"] >= 0.98
        yield f"look-up p95, {kind}", "under 20 ms", f"{ours['p95_ms']:.1f} ms", ours["p95_ms"] < 20
        ahead = ours["p95_ms"] < peer["p95_ms"] and ours["right"] > peer["right"]
        told = f"{peer['p95_ms'] / ours['p95_ms']:.0f} times as fast"
        yield f"look-up beside rapidfuzz in memory, {kind}", "ahead", told, ahead


def _mb(measured: Mapping[str, Any]) -> str:
    return f"{measured['peak_bytes'] / MB:.0f}"
