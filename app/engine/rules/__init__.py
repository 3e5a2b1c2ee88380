"""Why a drawing cannot run: every reason at once, by element id, in plain words."""

from app.engine.drawing import Drawing
from app.engine.errors import Finding
from app.engine.rules.flow import flow_findings
from app.engine.rules.properties import property_findings
from app.engine.rules.settings import setting_findings
from app.engine.rules.sign_off import sign_off_findings
from app.engine.rules.texts import text_findings


def findings(drawing: Drawing) -> list[Finding]:
    """Everything wrong with a drawing whose parts could be read."""
    return [
        *flow_findings(drawing),
        *setting_findings(drawing),
        *sign_off_findings(drawing),
        *property_findings(drawing),
        *text_findings(drawing),
    ]
