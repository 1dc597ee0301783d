"""How fast letters are composed, beside a plain loop with Jinja2 and WeasyPrint."""
