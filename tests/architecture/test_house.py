"""What we agreed on about the shape of the project, checked by a machine."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
#: Everything of ours below app/; the front end's packages and what is built from them are not.
OURS = [
    path
    for path in sorted(APP.rglob("*"))
    if not {"node_modules", "dist", "__pycache__"} & set(path.relative_to(APP).parts)
]
MODULES = [path for path in OURS if path.suffix == ".py"]

FIXED_PACKAGES = {
    "spiffworkflow": "SpiffWorkflow",
    "flask": "flask",
    "sqlalchemy": "sqlalchemy",
    "flask-login": "flask_login",
    "apscheduler": "apscheduler",
}
FIXED_PATHS = (
    "pyproject.toml",
    "processes",
    "app",
    "app/tasks",
    "app/forms",
    "migrations",
    "tests",
    "README.md",
)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", FIXED_PATHS)
def test_the_top_level_the_customer_fixed_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("package", FIXED_PACKAGES)
def test_each_fixed_package_is_declared_and_used_by_the_application(package: str) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert any(re.split(r"[\[<>=~]", d)[0] == package for d in declared), f"declare {package}"
    module = FIXED_PACKAGES[package]
    users = [p for p in MODULES if any(i.split(".")[0] == module for i in _imports(p))]
    assert users, f"nothing in app/ imports {module}"


def test_the_tests_run_on_pytest() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert "pytest" in groups["test"]


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_stays_small_enough_to_read_at_once(module: Path) -> None:
    lines = len(module.read_text(encoding="utf-8").splitlines())
    assert lines <= 300, f"{lines} lines: split {module.name} by what changes together"


def test_no_module_hides_behind_a_name_that_says_nothing() -> None:
    empty = {
        "utils",
        "util",
        "helpers",
        "helper",
        "services",
        "service",
        "common",
        "manager",
        "misc",
    }
    found = [p for p in OURS if p.stem in empty]
    assert not found, f"name these after what is inside: {found}"


def test_only_db_commits() -> None:
    calls = re.compile(r"(session|connection|engine)\.(commit|rollback)\(")
    guilty = [p for p in MODULES if p != APP / "db.py" and calls.search(p.read_text())]
    assert not guilty, f"open a transaction() at the edge instead of committing in {guilty}"


def test_only_the_clock_reads_the_time() -> None:
    reading = re.compile(r"datetime\.(now|utcnow)\(|date\.today\(|time\.time\(")
    guilty = [p for p in MODULES if p != APP / "clock.py" and reading.search(p.read_text())]
    assert not guilty, f"ask app.clock in {guilty}"


def test_nothing_evaluates_text_as_python_or_unpickles_it() -> None:
    dangerous = {"eval", "exec", "compile", "__import__"}
    guilty = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in dangerous
            ):
                guilty.append(f"{path.name}:{node.lineno} {node.func.id}")
        if {"pickle", "marshal", "shelve", "yaml"} & {i.split(".")[0] for i in _imports(path)}:
            guilty.append(f"{path.name} imports a loader that can run code")
    assert not guilty, guilty


def test_flask_stays_at_the_edge() -> None:
    edge = re.compile(
        r"(^|/)(views[a-z_]*|factory|cli|wsgi)\.py$|^web/|^accounts/|^identity/sign_in"
    )
    guilty = [
        str(p.relative_to(APP))
        for p in MODULES
        if any(i.split(".")[0] in {"flask", "flask_login", "flask_wtf"} for i in _imports(p))
        and not edge.search(str(p.relative_to(APP)))
    ]
    assert not guilty, f"only views, web and the factory know Flask, not {guilty}"


def test_templates_never_switch_escaping_off() -> None:
    unsafe = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\((?!\")")
    places = [path for path in OURS if path.suffix in {".html", ".py", ".txt"}]
    guilty = [str(p.relative_to(ROOT)) for p in places if unsafe.search(p.read_text())]
    assert not guilty, guilty


def test_the_layers_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


def test_lock_files_name_no_host() -> None:
    locks = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock"]
    locks.append(APP / "frontend" / "package-lock.json")
    for lock in locks:
        hosts = [line for line in lock.read_text().splitlines() if '"resolved"' in line]
        assert not hosts, f"{lock.name}: {hosts[:3]}"
        assert "index-url" not in lock.read_text()
