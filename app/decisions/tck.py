"""Runs a folder of the DMN Technology Compatibility Kit, and says what passes."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from lxml import etree

from app import clock
from app.calendars import WorkingCalendar
from app.decisions.errors import DmnRefused
from app.decisions.model import Model
from app.decisions.reading import parse
from app.decisions.xml import child, children, plain_text, root_of
from app.errors import AppError, NotFound
from app.feel.compare import equal
from app.feel.environment import Environment, Limits
from app.feel.errors import LimitReached, Undefined
from app.feel.functions.conversion import read_number
from app.feel.temporal import parse_date, parse_date_and_time, parse_duration, parse_time
from app.feel.text import show

_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_LONGEST = 1_000_000
_CLOSE_ENOUGH = Decimal("1e-8")
_LIMITS = Limits(steps=2_000_000)


@dataclass(frozen=True)
class CaseResult:
    """One expected result of one test case."""

    folder: str
    file: str
    case: str
    node: str
    passed: bool
    expected: str
    actual: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class TckReport:
    """All results. A case passes when all its expected results do."""

    results: tuple[CaseResult, ...]

    @property
    def cases(self) -> dict[str, bool]:
        passed: dict[str, bool] = {}
        for result in self.results:
            key = f"{result.folder}/{result.file}#{result.case}"
            passed[key] = passed.get(key, True) and result.passed
        return passed

    def as_json(self) -> dict[str, object]:
        cases = self.cases
        return {
            "passed": sum(cases.values()),
            "failed": len(cases) - sum(cases.values()),
            "total": len(cases),
            "cases": cases,
            "results": [asdict(result) for result in self.results],
        }


def run_tck(directory: Path) -> TckReport:
    """Run every test file below a folder against the models beside it.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    if not directory.is_dir():
        raise NotADirectoryError(directory)
    results: list[CaseResult] = []
    for file in sorted(directory.rglob("*.xml")):
        results.extend(_run_file(file))
    return TckReport(tuple(results))


def _run_file(file: Path) -> Iterator[CaseResult]:
    try:
        root = root_of(file.read_bytes())
    except DmnRefused as error:
        why = (str(error),)
        yield CaseResult(file.parent.name, file.name, "unreadable", "", False, "", "", why)
        return
    if etree.QName(root).localname != "testCases":
        return
    model_name = plain_text(child(root, "modelName")) or f"{file.stem}.dmn"
    try:
        model = _load(file.parent / Path(model_name).name)
        refused = ""
    except (DmnRefused, OSError) as error:
        model, refused = None, str(error)
    for number, case in enumerate(children(root, "testCase"), 1):
        yield from _run_case(case, number, model, refused, file)


def _load(file: Path, importing: tuple[str, ...] = ()) -> Model:
    """Read a model with all models of its folder that it imports."""
    text = file.read_bytes()
    known: dict[str, Model] = {}
    for part in children(root_of(text), "import"):
        namespace = part.get("namespace") or ""
        found = _file_of(namespace, part.get("locationURI") or "", file)
        if found is not None and namespace not in importing:
            known[namespace] = _load(found, (*importing, namespace))
    return parse(text, known, strict=False)


def _file_of(namespace: str, location: str, importing: Path) -> Path | None:
    """The model of a namespace: where the import says, or anywhere in the folder."""
    folder = importing.parent
    said = [folder / location] if location and (folder / location).is_file() else []
    for path in (*said, *sorted(folder.glob("*.dmn")), *sorted(folder.rglob("*/*.dmn"))):
        try:
            if path != importing and root_of(path.read_bytes()).get("namespace") == namespace:
                return path
        except DmnRefused:
            continue
    return None


def _run_case(
    case: etree._Element, number: int, model: Model | None, refused: str, file: Path
) -> Iterator[CaseResult]:
    facts = {part.get("name") or "": _value(part) for part in children(case, "inputNode")}
    environment = Environment(clock.now(), WorkingCalendar(), _LIMITS)
    for node in children(case, "resultNode"):
        name = node.get("name") or ""
        expected = _expected(node)
        try:
            if model is None:
                raise DmnRefused(refused)
            wanted = _invoked(model, case.get("invocableName") or name, name)
            result = model.evaluate(wanted, facts, environment, declared_only=True)
            actual, problems = result.value, result.problems
            if case.get("invocableName") and isinstance(actual, dict) and name in actual:
                actual = actual[name]
        except AppError as error:
            actual, problems = None, (str(error),)
            passed = node.get("errorResult") == "true"
        else:
            passed = _same(expected, actual)
        yield CaseResult(
            file.parent.name,
            file.name,
            case.get("id") or str(number),
            name,
            passed,
            _shown(expected),
            _shown(actual),
            problems,
        )


def _invoked(model: Model, invocable: str, node: str) -> str:
    """What to evaluate: a case may be said to invoke what its model does not have."""
    try:
        model.invocable(invocable)
    except NotFound:
        return node
    return invocable


def _shown(value: object) -> str:
    try:
        return show(value, most=_LONGEST)
    except LimitReached:
        return f"more than {_LONGEST} characters"


def _expected(node: etree._Element) -> object:
    part = child(node, "expected")
    return None if part is None else _value(part)


def _value(element: etree._Element) -> object:
    if element.get(f"{_INSTANCE}nil") == "true":
        return None
    components = list(children(element, "component"))
    if components:
        return {part.get("name") or "": _value(part) for part in components}
    listed = child(element, "list")
    if listed is not None and listed.get(f"{_INSTANCE}nil") != "true":
        return _items(children(listed, "item"))
    value = child(element, "value")
    if value is None or value.get(f"{_INSTANCE}nil") == "true":
        return None
    return _simple(value.text or "", (value.get(f"{_INSTANCE}type") or "").split(":")[-1])


def _items(items: Iterable[etree._Element]) -> list[object]:
    return [_value(item) for item in items]


def _simple(text: str, type_name: str) -> object:
    readers = {
        "boolean": lambda plain: plain == "true",
        "decimal": read_number,
        "double": read_number,
        "float": read_number,
        "integer": read_number,
        "int": read_number,
        "long": read_number,
        "short": read_number,
        "date": parse_date,
        "time": parse_time,
        "dateTime": parse_date_and_time,
        "duration": parse_duration,
        "dayTimeDuration": parse_duration,
        "yearMonthDuration": parse_duration,
    }
    try:
        return readers[type_name](text.strip()) if type_name in readers else text
    except Undefined:
        return f"{text} ({type_name} this system cannot hold)"


def _same(expected: object, actual: object) -> bool:
    if isinstance(expected, Decimal) and isinstance(actual, Decimal):
        return abs(expected - actual) <= _CLOSE_ENOUGH * max(Decimal(1), abs(expected))
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(_same, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            _same(value, actual[key]) for key, value in expected.items()
        )
    try:
        return equal(expected, actual) is True
    except (LimitReached, TypeError):
        return False
