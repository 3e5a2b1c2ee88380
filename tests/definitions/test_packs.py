"""Area packs: laid over the pack they extend, refused by file and key."""

from datetime import date

import pytest

from app.definitions.packs import PackRefused, lay_over, parse_pack, words_used

CORE = """
id = "core"
name = "Core"
[words]
lead_practitioner = "lead practitioner"
panel = "panel"
[parameters]
signoff_wd = 2
stages = [2, 3]
[lanes]
Supervisor = "supervisor"
[closures]
dates = [2026-12-29, "2026-12-30"]
[[localities]]
id = "north"
name = "North"
"""
HULL = """
id = "hull"
name = "Hull"
extends = "core"
[words]
lead_practitioner = "lead professional"
[parameters]
signoff_wd = 1
[closures]
dates = ["2026-05-05"]
"""


def test_an_area_overrides_single_entries_and_inherits_the_rest() -> None:
    files = {"core": parse_pack(CORE, "core/pack.toml"), "hull": parse_pack(HULL, "hull/pack.toml")}
    pack = lay_over(files, "hull")

    assert pack.chain == ("hull", "core")
    assert pack.words == {"lead_practitioner": "lead professional", "panel": "panel"}
    assert pack.parameters == {"signoff_wd": 1, "stages": [2, 3]}
    assert pack.lanes == {"Supervisor": "supervisor"}
    assert [locality.id for locality in pack.localities] == ["north"]
    assert pack.closures == {date(2026, 12, 29), date(2026, 12, 30), date(2026, 5, 5)}
    assert not pack.calendar.is_working_day(date(2026, 5, 5))


def test_words_replace_what_a_diagram_leaves_open() -> None:
    pack = lay_over({"core": parse_pack(CORE, "core/pack.toml")}, "core")

    assert pack.in_words("Ask the ${lead_practitioner} of ${ panel }") == (
        "Ask the lead practitioner of panel"
    )
    assert pack.in_words("${unknown} stays") == "${unknown} stays"
    assert words_used("${a} and ${b_c}") == {"a", "b_c"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id = 1", "hull/pack.toml: id"),
        ('id = "hull"', "hull/pack.toml: name"),
        ('id = "hull"\nname = "Hull"\ncolour = "red"', "hull/pack.toml: colour"),
        ('id = "hull"\nname = "Hull"\n[words]\nlead = 3', r"\[words\] lead"),
        ('id = "hull"\nname = "Hull"\nwords = 3', "hull/pack.toml: words"),
        ('id = "hull"\nname = "Hull"\n[closures]\ndates = ["2026-13-01"]', "2026-13-01"),
        ('id = "hull"\nname = "Hull"\n[closures]\ndates = "never"', r"\[closures\] dates"),
        ('id = "hull"\nname = "Hull"\nlocalities = ["north"]', "localities"),
        ('id = "hull"\nname = "Hull"\n[[localities]]\nid = "n"', r"\[\[localities\]\] name"),
        (
            'id="h"\nname="H"\n[[localities]]\nid="n"\nname="N"\n[[localities]]\nid="n"\nname="M"',
            "share an id",
        ),
        ("id = ", "hull/pack.toml"),
    ],
)
def test_a_faulty_pack_is_refused_by_file_and_key(text: str, words: str) -> None:
    with pytest.raises(PackRefused, match=words):
        parse_pack(text, "hull/pack.toml")


def test_packs_that_extend_nothing_or_each_other_are_refused() -> None:
    lost = parse_pack('id = "a"\nname = "A"\nextends = "b"', "a/pack.toml")
    back = parse_pack('id = "b"\nname = "B"\nextends = "a"', "b/pack.toml")

    with pytest.raises(PackRefused, match=r"a/pack\.toml: extends: there is no pack 'b'"):
        lay_over({"a": lost}, "a")
    with pytest.raises(PackRefused, match="extend each other"):
        lay_over({"a": lost, "b": back}, "a")
