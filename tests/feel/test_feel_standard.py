"""Every function of the standard is there."""

import pytest

from app import feel

#: DMN 1.5, sections 10.3.4.1 to 10.3.4.11.
STANDARD = """
date | date and time | time | number | string | duration | years and months duration | not
substring | string length | upper case | lower case | substring before | substring after | replace
contains | starts with | ends with | matches | split | string join
list contains | count | min | max | sum | mean | all | any | sublist | append | concatenate
insert before | remove | reverse | index of | union | distinct values | flatten | product | median
stddev | mode | list replace
decimal | floor | ceiling | round up | round down | round half up | round half down | abs | modulo
sqrt | log | exp | odd | even
is | before | after | meets | met by | overlaps | overlaps before | overlaps after | finishes
finished by | includes | during | starts | started by | coincides | range
day of year | day of week | month of year | week of year | now | today
sort | get value | get entries | context | context put | context merge
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("name", [name.strip() for name in STANDARD if name.strip()])
def test_the_function_of_the_standard_exists(name: str) -> None:
    assert name in feel.BUILT_INS
    assert feel.parse(f"{name}(1)").names == frozenset()


@pytest.mark.parametrize("name", ["working days", "bank holiday", "working day"])
def test_our_own_functions_exist(name: str) -> None:
    assert name in feel.BUILT_INS
