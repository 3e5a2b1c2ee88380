"""Where the built scripts and styles are. ``app/frontend/build.mjs`` writes the manifest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app.errors import ConfigurationError

DIST = Path(__file__).parent.parent / "static" / "dist"


@dataclass(frozen=True)
class Bundle:
    """Addresses of one bundle: its script, its style sheet and what to fetch beside it."""

    js: str
    css: str | None
    preload: tuple[str, ...]


class Assets:
    """The bundles by name. Read once, and again when a new build has taken their place."""

    def __init__(self, dist: Path = DIST, url: str = "/static/dist/") -> None:
        self._manifest = dist / "manifest.json"
        self._url = url
        self._built_at = 0.0
        self._bundles: Mapping[str, Bundle] = {}

    def bundle(self, name: str) -> Bundle:
        """The addresses to put into a page.

        Raises:
            ConfigurationError: the front end has not been built, or has no such bundle.
        """
        self._read_if_new()
        if name not in self._bundles:
            raise ConfigurationError(f"The front end has no bundle called {name!r}.")
        return self._bundles[name]

    def _read_if_new(self) -> None:
        try:
            built_at = self._manifest.stat().st_mtime
        except FileNotFoundError:
            raise ConfigurationError(
                "The front end has not been built yet. `make setup` builds it."
            ) from None
        if built_at != self._built_at:
            entries = json.loads(self._manifest.read_text(encoding="utf-8"))
            self._bundles = {name: self._from_entry(entry) for name, entry in entries.items()}
            self._built_at = built_at

    def _from_entry(self, entry: Mapping[str, object]) -> Bundle:
        preload = entry["preload"]
        return Bundle(
            js=f"{self._url}{entry['js']}",
            css=f"{self._url}{entry['css']}" if entry["css"] else None,
            preload=tuple(f"{self._url}{file}" for file in preload)
            if isinstance(preload, list)
            else (),
        )


def register(app: Flask) -> None:
    """Give templates ``bundle(name)``."""
    app.jinja_env.globals["bundle"] = Assets().bundle
