"""Importing this reads every shipped diagram, table and form once, before programs are split off."""

from app.config import ROOT
from app.definitions import parsed
from app.definitions.library import read_folder
from app.definitions.models import Kind

READ = {Kind.BPMN: parsed.diagram, Kind.DMN: parsed.model, Kind.FORM: parsed.form}

for file in read_folder(ROOT / "processes"):
    if file.kind in READ:
        READ[file.kind](file.content)
