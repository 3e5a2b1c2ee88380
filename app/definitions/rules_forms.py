"""Rules: what hides a question of a form can come true with the answers the form offers."""

from collections.abc import Iterator, Mapping

from app.definitions.domains import Domain, of_field, of_form
from app.definitions.findings import Finding
from app.definitions.library import SourceFile
from app.definitions.rules_values import Compared, comparisons
from app.definitions.telling import kinds_told, near_option, told, told_options
from app.forms import Field, Form


def form_findings(file: SourceFile, form: Form) -> Iterator[Finding]:
    known = dict(of_form(form))
    for field in form.fields:
        yield from _of_field(file, field, known)
    for repeat in form.lists:
        row = {**known, **{field.key: of_field(field) for field in repeat.fields}}
        for field in repeat.fields:
            yield from _of_field(file, field, row)


def _of_field(file: SourceFile, field: Field, known: Mapping[str, Domain]) -> Iterator[Finding]:
    for condition in field.conditions:
        for compared in dict.fromkeys(comparisons(f"={condition.text}")):
            domain = known.get(compared.name)
            if domain is not None and compared.value is not None:
                yield from _misfit(file, field, compared, domain)


def _misfit(
    file: SourceFile, field: Field, compared: Compared, domain: Domain
) -> Iterator[Finding]:
    offered = domain.options if compared.operator in {"=", "!="} else domain.items
    where = f"“{field.label}” is hidden by comparing “{compared.name}” with {told(compared.value)}"
    if compared.kind_misfits(domain):
        words = f"{where}, but {domain.source} is {kinds_told(domain.kinds or ())}."
        yield Finding(file.name, field.key, "types-compatible", words)
    elif (
        offered
        and compared.value not in offered
        and compared.operator in {"=", "!=", "list contains"}
    ):
        words = f"{where}, but {domain.source} can only be {told_options(offered)}."
        mend = near_option(compared.value, offered)
        yield Finding(file.name, field.key, "literal-possible", words, mend=mend)
