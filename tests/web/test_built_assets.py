"""What the front-end build leaves behind."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from app.errors import ConfigurationError
from app.web.assets import DIST, Assets
from tests.support.browser import FRONTEND, NODE


@pytest.mark.parametrize("name", ["site", "viewer", "modeller"])
def test_every_bundle_has_its_files(name: str) -> None:
    bundle = Assets().bundle(name)
    for address in (bundle.js, bundle.css, *bundle.preload):
        assert address is not None
        assert (DIST / address.removeprefix("/static/dist/")).is_file()


def test_a_council_wears_neither_the_crown_nor_its_typeface() -> None:
    for path in DIST.glob("*.css"):
        css = path.read_text(encoding="utf-8")
        assert "GDS Transport" not in css, path
        assert "crown" not in css.lower(), path
        assert "govuk-crest" not in css, path


def test_styles_fetch_nothing_but_our_own_files() -> None:
    for path in DIST.glob("*.css"):
        for address in path.read_text(encoding="utf-8").split("url(")[1:]:
            assert address.lstrip("\"'").startswith(("./asset-", "data:", ")")), (
                path,
                address[:60],
            )


def test_scripts_never_build_code_from_text() -> None:
    for path in DIST.glob("*.js"):
        assert "new Function(" not in path.read_text(encoding="utf-8"), path


def test_a_new_build_is_noticed_without_a_restart(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    assets = Assets(tmp_path, "/x/")
    with pytest.raises(ConfigurationError, match="not been built"):
        assets.bundle("site")
    for moment, name in enumerate(("site-A.js", "site-B.js")):
        manifest.write_text(json.dumps({"site": {"js": name, "css": None, "preload": ["c.js"]}}))
        os.utime(manifest, (1_000 + moment, 1_000 + moment))
        assert assets.bundle("site").js == f"/x/{name}"
    with pytest.raises(ConfigurationError, match="no bundle"):
        assets.bundle("other")


def test_building_again_without_a_change_is_over_at_once(tmp_path: Path) -> None:
    def build() -> str:
        done = subprocess.run(
            [NODE, "build.mjs"],
            cwd=FRONTEND,
            env={**os.environ, "OUT": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert "built site, viewer, modeller" in build()
    before = sorted(path.name for path in tmp_path.iterdir())
    assert "nothing changed" in build()
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    (tmp_path / "manifest.json").unlink()
    assert "built" in build()
