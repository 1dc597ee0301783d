"""The plain loop: Jinja2 makes HTML and text, WeasyPrint the PDF. It has an environment of its own and imports nothing of ours.

`python peer.py TEMPLATES.json N`; the file holds the templates ``html``, ``text`` and ``paper``, of the same words as ours.
"""

import json
import resource
import sys
import time
from pathlib import Path

from jinja2 import Environment
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration


def main() -> None:
    """Composes, and prints seconds by the clock and of CPU, and peak memory in bytes as JSON."""
    templates = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    count = int(sys.argv[2])
    escaping, plain = Environment(autoescape=True), Environment(autoescape=False)
    html, paper = escaping.from_string(templates["html"]), escaping.from_string(templates["paper"])
    text, fonts = plain.from_string(templates["text"]), FontConfiguration()
    compose(0, html, text, paper, fonts)
    started, worked = time.perf_counter(), time.process_time()
    for n in range(1, count + 1):
        pdf = compose(n, html, text, paper, fonts)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak, "sizes": {"pdf": len(pdf)}}))


def compose(n, html, text, paper, fonts):
    """One letter; the PDF is tagged, as ours is."""
    values = {
        "school_name": f"Fairview {n} Primary School",
        "head_name": f"Dr Ann Lee {n}",
        "link": f"https://assistant.example/letters/{n:038d}",
    }
    html.render(values)
    text.render(values)
    return HTML(string=paper.render(values)).write_pdf(pdf_variant="pdf/ua-1", font_config=fonts)


if __name__ == "__main__":
    main()
