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
        ("parameters = " + "[" * 5_000 + "]" * 5_000, "hull/pack.toml: it is nested too deep"),
        ("id = 1" + "0" * 5_000, "hull/pack.toml: "),
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


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('signoff_wd = "two"', "signoff_wd: write a whole number from 0 up, not 'two'"),
        ("signoff_wd = -1", "signoff_wd: .*not -1"),
        ("signoff_wd = true", "signoff_wd: .*not True"),
        ("eham_every_weeks = 1.5", "eham_every_weeks: .*not 1.5"),
        ('written_followup_hours = "48"', "written_followup_hours: "),
        ("review_invite_days = -14", "review_invite_days: "),
        ("consent_review_months = []", "consent_review_months: "),
        ('age_min = "0"', "age_min: "),
        ("age_max_ehcp = -1", "age_max_ehcp: "),
        ("retention_years_from_birth = -1", "retention_years_from_birth: "),
        ("front_door_phone = 1632", "front_door_phone: write a text here, not 1632"),
        ('front_door_phone = " "', "front_door_phone: "),
        ('office_opens = "9am"', "office_opens: write a time such as \"09:00\", not '9am'"),
        ('office_closes = "24:00"', "office_closes: "),
        ("office_closes = 17:00:00", "office_closes: "),
        ("disagreement_stage_wd = 2", "disagreement_stage_wd: write a list of whole numbers"),
        ("disagreement_stage_wd = [2, -3]", "disagreement_stage_wd: "),
        ("disagreement_stage_wd = []", "disagreement_stage_wd: "),
    ],
)
def test_a_parameter_of_the_wrong_kind_is_refused_by_file_and_key(line: str, words: str) -> None:
    with pytest.raises(PackRefused, match=r"hull/pack\.toml: \[parameters\] " + words):
        parse_pack(f'id = "hull"\nname = "Hull"\n[parameters]\n{line}', "hull/pack.toml")


@pytest.mark.parametrize("part", ["superviser", "case:boss", "case:", "lead"])
def test_a_lane_goes_to_a_role_a_part_in_the_case_or_nobody(part: str) -> None:
    text = 'id = "hull"\nname = "Hull"\n[lanes]\n"Hub" = "{}"'
    for known in ("supervisor", "case:lead", "none"):
        assert parse_pack(text.format(known), "hull/pack.toml").lanes == {"Hub": known}

    with pytest.raises(PackRefused, match=r"hull/pack\.toml: \[lanes\] Hub: .*" + part):
        parse_pack(text.format(part), "hull/pack.toml")
