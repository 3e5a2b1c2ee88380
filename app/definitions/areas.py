"""Areas and localities as rows, made from the published area packs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.definitions.live import live_library
from app.definitions.packs import CORE, Pack
from app.identity.models import Area, Locality


def lay_out_areas(session: Session) -> list[Area]:
    """Add what published packs name and the database does not have yet; nothing is removed."""
    library = live_library(session)
    known = {area.id for area in session.scalars(select(Area))}
    added = []
    for pack_id in sorted(set(library.pack_files) - {CORE} - known):
        pack = library.pack(pack_id)
        added.append(Area(id=pack.id, name=pack.name, pack=pack.id))
        session.add(added[-1])
        session.flush()
        session.add_all(_localities(pack))
    session.flush()
    return added


def locality_row_id(area_id: str, locality_id: str) -> str:
    """Localities of two areas may share a short name; their rows may not."""
    return f"{area_id}-{locality_id}"


def _localities(pack: Pack) -> list[Locality]:
    return [
        Locality(id=locality_row_id(pack.id, place.id), area_id=pack.id, name=place.name)
        for place in pack.localities
    ]
