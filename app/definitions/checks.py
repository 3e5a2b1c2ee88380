"""The checks that gate publishing: everything wrong with some files, in plain words.

A rule is a generator in one of the ``rules_*`` modules; adding one means adding it to RULES.
"""

from collections.abc import Iterable, Iterator

from app import decisions, forms
from app.definitions import (
    parsed,
    rules_answers,
    rules_choices,
    rules_drawing,
    rules_errors,
    rules_forms,
    rules_loops,
    rules_messages,
    rules_names,
    rules_packs,
    rules_paths,
    rules_people,
    rules_references,
    rules_results,
    rules_soundness,
    rules_steps,
    rules_tables,
    rules_timers,
    rules_values,
    rules_zones,
)
from app.definitions.findings import Finding
from app.definitions.library import SourceFile
from app.definitions.models import Kind
from app.definitions.pack_values import wrong_together
from app.definitions.packs import PackRefused
from app.definitions.place import Place, Rule, Surroundings
from app.engine.errors import DiagramRefused

RULES: tuple[Rule, ...] = (
    rules_references.one_process,
    rules_references.forms_exist,
    rules_references.extensions_read,
    rules_references.decisions_exist,
    rules_references.calls_exist,
    rules_references.automatic_steps_exist,
    rules_references.words_exist,
    rules_references.sources_well_formed,
    rules_references.ids_unique,
    rules_people.lanes_have_roles,
    rules_people.groups_are_roles,
    rules_people.sign_off_roles,
    rules_people.second_pair_of_eyes,
    rules_people.roles_have_members,
    rules_references.changed_fields_exist,
    rules_names.names_known,
    rules_names.parameters_exist,
    rules_paths.known_on_every_path,
    rules_results.results_known,
    rules_steps.steps_given,
    rules_values.values_fit,
    rules_zones.zones_meet,
    rules_choices.conditions_decide,
    rules_choices.texts_meant,
    rules_timers.moments_come,
    rules_messages.messages_meet,
    rules_answers.answers_required,
    rules_errors.errors_taken,
    rules_loops.loops_wait,
    rules_loops.calls_wait,
    rules_drawing.names_say_what_to_do,
    rules_drawing.drawn_as_meant,
)
#: Looking at everything that could ever happen takes longest, so it can be left out.
DEEP_RULES: tuple[Rule, ...] = (rules_soundness.sound,)


def check(files: Iterable[SourceFile], around: Surroundings, *, deep: bool = True) -> list[Finding]:
    """All findings about ``files``, which are part of the library in ``around`` already.

    Without ``deep``, what a diagram could do as a whole is not looked at.
    """
    return [finding for file in files for finding in check_file(file, around, deep=deep)]


def check_file(file: SourceFile, around: Surroundings, *, deep: bool = True) -> list[Finding]:
    """All findings about one file: whether it can be read, then every rule."""
    unreadable = list(_unreadable(file))
    if unreadable:
        return unreadable
    here = around.library.files.get(file.place)
    if here is not None and here.name != file.name:
        return [_drawn_twice(file, here)]
    try:
        view = around.library.view(file.pack)
    except PackRefused as error:
        return [Finding(file.name, "", "pack", str(error))]
    if file.kind is Kind.PACK:
        wrong = wrong_together(view.pack.parameters)
        if wrong:
            return [Finding(file.name, "", "pack", f"{file.name}: {wrong}")]
        return list(rules_packs.entries_used(file, view, around.library))
    if file.kind is Kind.DMN:
        return list(rules_tables.table_findings(file, view, around.library))
    if file.kind is Kind.FORM:
        return list(rules_forms.form_findings(file, parsed.form(file.content)))
    rules = RULES + DEEP_RULES if deep else RULES
    place = Place(file, parsed.diagram(file.content), view, around)
    return [finding for rule in rules for finding in rule(place)]


def _drawn_twice(file: SourceFile, other: SourceFile) -> Finding:
    """Two files at one place of a pack: only the other is in the library, and would run."""
    return Finding(
        file.name,
        file.key,
        "id-unique",
        f"The id “{file.key}” is that of {other.name} too, and a pack has one of each.",
        mend="Give one of them another id, or remove it.",
    )


def _unreadable(file: SourceFile) -> Iterator[Finding]:
    try:
        yield from _READ[file.kind](file)
    except DiagramRefused as error:
        for reason in error.findings:
            yield Finding.of_engine(file.name, reason)
    except forms.FormRefused as error:
        for refused in error.reasons:
            message = f"{refused.name}: {refused.message}"
            yield Finding(file.name, refused.component, "form", message)
    except (decisions.DmnRefused, PackRefused) as error:
        yield Finding(file.name, "", file.kind.value, str(error))


def _read_diagram(file: SourceFile) -> Iterator[Finding]:
    parsed.diagram(file.content)
    return iter(())


def _read_table(file: SourceFile) -> Iterator[Finding]:
    parsed.model(file.content)
    for each in decisions.unclear(file.content.encode()):
        yield Finding(file.name, each.element_id, "dmn-unclear", f"{each.message}.")


def _read_pack(file: SourceFile) -> Iterator[Finding]:
    if parsed.pack_file(file.content, file.name).id != file.pack:
        yield Finding(file.name, "", "pack", "id must be the name of the folder")


def _read_form(file: SourceFile) -> Iterator[Finding]:
    if parsed.form(file.content).id != file.key:
        yield Finding(file.name, "", "form", f"the form's id must be “{file.key}”, as the file is")


_READ = {
    Kind.BPMN: _read_diagram,
    Kind.DMN: _read_table,
    Kind.PACK: _read_pack,
    Kind.FORM: _read_form,
}
