"""Which packs a person works with, and what they may publish there."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.definitions.live import live_pack
from app.definitions.packs import Pack, PackRefused
from app.errors import NotAllowed
from app.identity.models import Area, User
from app.identity.permissions import Permission


class MayNotPublish(NotAllowed):
    """You may not publish this process."""


@dataclass(frozen=True)
class Reach:
    """``packs`` are those of the person's areas and all that these build on.

    ``own`` names the packs of the person's areas themselves; ``users`` every area that works by a
    pack, the person's or not.
    """

    packs: Mapping[str, Pack]
    own: frozenset[str]
    users: Mapping[str, Mapping[str, str]]
    area_ids: frozenset[str]
    may_edit: bool
    may_publish: bool

    def sees(self, pack_id: str) -> bool:
        return pack_id in self.packs

    def refusal_to_publish(self, pack_id: str) -> str | None:
        """Why not, in words; None when they may.

        A pack that several areas share is changed by those who work in all of them.
        """
        if not self.may_publish:
            return "Your role does not include publishing. Ask a process owner."
        elsewhere = [
            name for area, name in self.users.get(pack_id, {}).items() if area not in self.area_ids
        ]
        if not elsewhere:
            return None
        where = elsewhere[0] if len(elsewhere) == 1 else f"{len(elsewhere)} other areas"
        return (
            f"This process is shared with {where}, where you do not work. Somebody who works in "
            "all of them can publish it; or change it for your own area only."
        )

    def homes_of(self, pack_id: str) -> list[Pack]:
        """Packs in which a process of this pack can be changed: itself, and own ones built on it."""
        found = [pack_id] + [
            own for own in sorted(self.own) if own != pack_id and pack_id in self.packs[own].chain
        ]
        return [self.packs[each] for each in found]


def reach_of(session: Session, user: User) -> Reach:
    packs: dict[str, Pack] = {}
    own: set[str] = set()
    users: dict[str, dict[str, str]] = defaultdict(dict)
    for area in session.scalars(select(Area).order_by(Area.name)):
        try:
            pack = live_pack(session, area.pack)
        except PackRefused:
            continue  # laid out, but its pack was never published
        for each in pack.chain:
            users[each][area.id] = area.name
        if area.id in user.area_ids:
            own.add(pack.id)
            packs.update({each: live_pack(session, each) for each in pack.chain})
    return Reach(
        packs=packs,
        own=frozenset(own),
        users=dict(users),
        area_ids=user.area_ids,
        may_edit=user.may(Permission.MODELLER_EDIT),
        may_publish=user.may(Permission.MODELLER_PUBLISH),
    )
