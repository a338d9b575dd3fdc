"""Results to a Markdown table."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

Results = dict[str, Any]
BUSY = 0.7


def number(value: float) -> str:
    """Return a value with three significant digits or so."""
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 4
    return f"{value:,.{digits}f}"


def middle(samples: list[dict[str, Any]], key: str = "value") -> float | None:
    """Return the median of one figure over the repeats."""
    values = [s[key] for s in samples if isinstance(s.get(key), (int, float))]
    return median(values) if values else None


def cell(samples: list[dict[str, Any]]) -> str:
    """Return the text of a cell: median [least-most], CPU, and what is to be said against it."""
    value = middle(samples)
    if value is None:
        return "n/a" if samples else ""
    values = sorted(s["value"] for s in samples if "value" in s)
    text = f"**{number(value)}**"
    if len(values) > 1:
        text += f" [{number(values[0])}-{number(values[-1])}]"
    if (rss := middle(samples, "rss_mb")) is not None:
        text += f" (RSS {number(rss)}; {middle(samples, 'processes'):.0f} processes)"
    if (cpu := middle(samples, "cpu_ms_per_op")) is not None:
        text += f"; CPU {number(cpu)} ms"
    if errors := sum(s.get("errors", 0) for s in samples):
        text += f"; {errors:,.0f} errors"
    if (middle(samples, "client_share") or 0) > BUSY:
        text += " †"
    return text


def ratio(row: Results, name: str, reference: str) -> str:
    """Return how many times better than the reference a server is."""
    ours, theirs = (middle(row["cells"].get(n, [])) for n in (name, reference))
    if not ours or not theirs:
        return ""
    times = theirs / ours if row["lower"] else ours / theirs
    return f"{times:,.0f}x" if times >= 10 else f"{times:.2g}x"


def limit(row: Results, limits: Results) -> str:
    """Return the tightest limit of the machine on a row, in the row's unit."""
    known = {n: middle(limits[n]["samples"]) for n in row["limits"] if n in limits}
    found = {n: v for n, v in known.items() if v}
    if not found:
        return ""
    name = min(found, key=lambda n: found[n])
    value = found[name]
    if name == "down" and row["lower"]:  # milliseconds for the bytes of the smallest answer
        sizes = [middle(c, "bytes_per_op") for c in row["cells"].values()]
        least = min((s for s in sizes if s), default=0.0)
        return f"{number(least / 1e3 / value)} ({name})"
    return f"{number(1e3 / value if row['unit'] == 'ms' else value)} ({name})"


def table(results: Results, reference: str) -> list[str]:
    """Return the lines of the main table."""
    servers: dict[str, str] = results["servers"]
    others = [name for name in servers if name != reference]
    heads = [f"{n} {v}".strip() for n, v in servers.items()]
    head = ["row", "unit", *heads, "limit", *(f"{n} : {reference}" for n in others)]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name, row in results["rows"].items():
        cells = [cell(row["cells"].get(n, [])) for n in servers]
        ratios = [ratio(row, n, reference) for n in others]
        parts = [name, row["unit"], *cells, limit(row, results["limits"]), *ratios]
        lines.append("| " + " | ".join(parts) + " |")
    return lines


def generator(limits: Results) -> str:
    """Return what the generator itself can do, as measured against the echo."""
    parts = []
    for clients in (1, 8):
        samples = limits.get(f"echo {clients}", {}).get("samples", [])
        rate, cost = middle(samples), middle(samples, "client_us_per_op")
        if rate and cost:
            parts.append(
                f"with {clients} client{'s' * (clients > 1)} {number(rate)} req/s from the echo "
                f"at {number(cost)} µs of its CPU each (so {number(1e6 / cost)}/s at most)"
            )
    return "The load generator gets " + ", ".join(parts) + "." if parts else ""


def markdown(results: Results, reference: str = "") -> str:
    """Return the tables, what they mean, and the command that made them."""
    reference = reference or results["reference"]
    machine, sizes = results["machine"], results["settings"]
    lines = table(results, reference)
    lines += ["", f"Ratios: above 1x is better than {reference}, whichever way the unit points."]
    lines.append(
        f"A cell is the median [least-most] of {results['repeats']} turns of"
        f" {results['settings']['seconds']:g} s each, the servers taking turns; CPU is that of the"
        " server's whole process tree per operation; † marks cells where the load generator was on"
        f" CPU for more than {BUSY:.0%} of the time."
    )
    lines.append(
        f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB,"
        f" {machine['kernel']}, Python {machine['python']}, {machine['date']}. Load average of the"
        f" last minute: {machine['load_before']:.1f} before, {machine['load_after']:.1f} after."
    )
    lines += [
        (
            f"Sizes: {sizes['runs'][0]:,} and {sizes['runs'][1]:,} searched runs,"
            f" {sizes['models']:,} models and versions of one,"
            f" {sizes['points']:,} points of history, {sizes['versions']:,} versions to read,"
            f" an artifact of {sizes['big_mib']} MiB, {sizes['small_files']:,} small ones."
        ),
        generator(results["limits"]),
        "",
        "| limit | what | median [least-most] |",
        "|---|---|---|",
    ]
    lines += [f"| {n} | {v['unit']} | {cell(v['samples'])} |" for n, v in results["limits"].items()]
    lines += ["", "| row | what |", "|---|---|"]
    lines += [f"| {n} | {row['doc']} |" for n, row in results["rows"].items()]
    if results["notes"]:
        lines += ["", "Not measured:", ""]
        lines += [f"- {', '.join(rows)}: {why}" for why, rows in results["notes"].items()]
    lines += ["", "Made by:", "", "    " + results["command"], ""]
    return "\n".join(lines)


def write(text: str, path: Path, section: str) -> None:
    """Write the tables to a file: between the marks of a section, or behind what is there."""
    first, last = (f"<!-- bench {section}: {mark} -->" for mark in ("begin", "end"))
    old = path.read_text("utf-8") if path.exists() else ""
    head, begin, rest = old.partition(first)
    _, end, tail = rest.partition(last)
    if begin and end:
        text = f"{head}{first}\n\n{text}\n{last}{tail}"
    elif old:  # hand-written, perhaps
        text = f"{old}\n{text}"
    path.write_text(text, "utf-8")


def columns(found: dict[str, dict[str, Any]], missing: str = "n/a") -> list[str]:
    """Return the lines of a table of figures: a column for each name, a row for each figure."""
    rows = list(dict.fromkeys(row for figures in found.values() for row in figures))
    lines = ["| " + " | ".join(["what", *found]) + " |", "|---" * (len(found) + 1) + "|"]
    for row in rows:
        values = [figures.get(row, missing) for figures in found.values()]
        cells = [number(v) if isinstance(v, float) else str(v) for v in values]
        lines.append("| " + " | ".join([row, *cells]) + " |")
    return lines
