"""What expressions are worth. Each line: an expression, and its value as ``string`` shows it."""

from collections.abc import Callable

import pytest

Value = Callable[..., str]


def table(text: str) -> list[tuple[str, str]]:
    """Lines of ``expression => value``."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return [
        (left.strip(), right.strip()) for left, right in (line.rsplit(" => ", 1) for line in lines)
    ]


ARITHMETIC = table("""
    1 + 2 * 3 => 7
    (1 + 2) * 3 => 9
    0.1 + 0.2 => 0.3
    1 / 3 => 0.3333333333333333333333333333333333
    10 - 2 - 3 => 5
    2 ** 10 => 1024
    2 ** 3 ** 2 => 64
    -2 ** 2 => 4
    2 ** -1 => 0.5
    0 ** 0 => 1
    1 / 0 => null
    1.5e3 => 1500
    .5 + 1 => 1.5
    --1 => 1
    10 ** 7000 => null
    0 ** -1 => null
    "a" + "b" => "ab"
    "a" + 1 => null
    null + 1 => null
    1 + true => null
    [1] + [2] => null
    -"a" => null
    9007199254740993 + 0 => 9007199254740993
""")

COMPARISON = table("""
    1 < 2 => true
    2 <= 2 => true
    "a" < "b" => true
    1 = 1.0 => true
    1 != 2 => true
    1 = "1" => null
    1 < "2" => null
    null = null => true
    1 = null => false
    null != 1 => true
    null < 1 => null
    true = true => true
    [1, 2] = [1, 2] => true
    [1, 2] = [2, 1] => false
    [] = [] => true
    {a: 1, b: 2} = {b: 2, a: 1} => true
    {a: 1} = {a: 1, b: 2} => false
    [1..2] = [1..2] => true
    [1..2] = (1..2] => false
    date("2026-01-01") < date("2026-01-02") => true
    date("2026-01-01") < date and time("2026-01-02T00:00:00Z") => null
    time("10:00:00Z") = time("11:00:00+01:00") => true
    date and time("2026-01-01T10:00:00Z") = date and time("2026-01-01T11:00:00+01:00") => true
    date and time("2026-01-01T10:00:00") = date and time("2026-01-01T10:00:00Z") => false
    duration("P1D") = duration("PT24H") => true
    duration("P1Y") = duration("P12M") => true
    duration("P1Y") < duration("P400D") => null
    5 between 1 and 10 => true
    5 between 5 and 5 => true
    5 between 6 and 10 => false
    5 between null and 10 => null
    1 between 1 and 2 and false => false
""")

LOGIC = table("""
    true and true => true
    true and false => false
    true and null => null
    false and null => false
    null and false => false
    null and null => null
    1 and true => null
    1 and false => false
    true or null => true
    null or true => true
    false or null => null
    false or "a" => null
    false or false => false
    not(true) => false
    not(null) => null
    not("a") => null
    true or false and false => true
""")

CONTROL = table("""
    if true then 1 else 2 => 1
    if false then 1 else 2 => 2
    if null then 1 else 2 => 2
    if "yes" then 1 else 2 => 2
    1 + if true then 2 else 3 + 4 => 3
    if false then 1 else if true then 2 else 3 => 2
    for x in [1, 2, 3] return x * x => [1, 4, 9]
    for x in [1, 2], y in [10, 20] return x + y => [11, 21, 12, 22]
    for x in [1, 2], y in [x, x + 10] return y => [1, 11, 2, 12]
    for i in 1..3 return i => [1, 2, 3]
    for i in 3..1 return i => [3, 2, 1]
    for i in [1..3] return i => [1, 2, 3]
    for i in (1..3) return i => [2]
    for i in [3..1] return i => null
    for i in (1..1) return i => []
    some i in [3..1] satisfies i > 0 => null
    for i in 0..4 return if i = 0 then 1 else i * partial[-1] => [1, 1, 2, 6, 24]
    for x in 5 return x => [5]
    for x in null return x => null
    for x in [] return x => []
    for i in 1..1.5 return i => null
    for d in date("2026-01-30")..date("2026-02-01") return d.day => [30, 31, 1]
    some x in [1, 2] satisfies x > 1 => true
    some x in [1, 2] satisfies x > 2 => false
    some x in [1, null] satisfies x > 2 => null
    some x in [] satisfies true => false
    some x in [1, 2], y in [2, 3] satisfies x > y => false
    every x in [1, 2] satisfies x > 0 => true
    every x in [1, null] satisfies x > 1 => false
    every x in [2, null] satisfies x > 1 => null
    every x in [] satisfies false => true
""")

MEMBERSHIP = table("""
    [1, 2, 3]["a"] => null
    [1, 2, 3][if item < 3 then true else "a"] => null
    [1, 2, 3][if item = 1 then null else true] => [2, 3]
    time("10:30:00.1") = time("10:30:00.2") => true
    time("10:30:00.1") < time("10:30:00.2") => true
    date and time("2018-12-08T00:00:00.1") = date and time("2018-12-08T00:00:00") => true
    date and time("2018-12-08T00:00:01") = date and time("2018-12-08T00:00:00") => false
    1 in [1..null] => null
    null in [1..null] => null
    11 in [null..10] => null
    0 in [1.."z"] => null
    [1.."z"] => null
    5 between null and 3 => null
    0 between 1 and "z" => null
    null between 1 and 3 => null
    1 in 1 => true
    1 in (1, 2) => true
    3 in (1, 2) => false
    1 in [1, 2] => true
    1 in [[1..2], [5..6]] => true
    5 in [1..5] => true
    5 in [1..5) => false
    5 in [1..5[ => false
    5 in ]5..9] => false
    5 in (5..9) => false
    5 in < 6 => true
    5 in (> 5, <= 5) => true
    5 in (!= 5) => false
    "b" in ["a".."c"] => true
    date("2026-02-01") in [date("2026-01-01")..date("2026-03-01")] => true
    null in null => true
    1 in null => false
    "a" in [1..3] => null
    [1] in [[1], [2]] => true
    1 in (1) and true => true
""")

LISTS_AND_CONTEXTS = table("""
    [1, 2, 3][1] => 1
    [1, 2, 3][-1] => 3
    [1, 2, 3][0] => null
    [1, 2, 3][4] => null
    [1, 2, 3][item > 1] => [2, 3]
    [1, 2, 3][item > 9] => []
    [][1] => null
    [][item > 1] => []
    5[1] => 5
    5[item > 1] => [5]
    [{a: 1, b: 2}, {a: 3, b: 4}][a > 1].b => [4]
    [{a: 1}, {a: 2}].a => [1, 2]
    [{item: 1}, {item: 2}][item > 1] => [{item: 2}]
    [[1, 2], [3]][1][2] => 2
    {a: 1, b: a + 1}.b => 2
    {a: {b: {c: 7}}}.a.b.c => 7
    {"a b": 1}.a b => 1
    {foo bar: 1, foo bar baz: 2}.foo bar baz => 2
    {foo+bar: 3}.foo+bar => 3
    {first name: "Ada", greeting: "Dear " + first name}.greeting => "Dear Ada"
    {a: 1, a: 2} => null
    {}.a => null
    {if: 1}.if => 1
    null.a => null
    {f: function(x) x + 1, r: f(2)}.r => 3
    [1, [2, null], {a: "x"}] => [1, [2, null], {a: "x"}]
""")

FUNCTIONS = table("""
    (function(x, y) x - y)(5, 3) => 2
    (function(x: number, y) x - y)(y: 5, x: 3) => -2
    (function(x: number) x)("a") => null
    (function(x: number) x)([1]) => 1
    (function(x: list<number>) x)(1) => [1]
    (function(x) x)() => null
    {fact: function(n) if n < 2 then 1 else n * fact(n - 1), r: fact(10)}.r => 3628800
    sort([3, 1, 2], function(x, y) x > y) => [3, 2, 1]
    no such thing(1) => null
    1(2) => null
    substring(string: "foobar", start position: 3) => "obar"
    substring(start position: 3, length: 2, string: "foobar") => "ob"
    substring(text: "foobar", start position: 3) => null
    (function(x) external {java: {class: "java.lang.Math"}})(1) => null
""")

TYPES = table("""
    1 instance of number => true
    "a" instance of string => true
    true instance of boolean => true
    null instance of number => false
    null instance of Any => false
    null instance of Null => true
    1 instance of Any => true
    [1] instance of list<number> => true
    [1, "a"] instance of list<number> => false
    {a: 1} instance of context<a: number> => true
    {a: "x"} instance of context<a: number> => false
    [1..2] instance of range<number> => true
    (function(x) x) instance of function<number> -> number => true
    date("2026-01-01") instance of date => true
    date("2026-01-01") instance of date and time => false
    duration("P1D") instance of days and time duration => true
    duration("P1M") instance of years and months duration => true
    -1 instance of number => true
    1 instance of unicorn => null
""")

TEMPORAL = table("""
    date("2024-02-29") + duration("P1Y") => 2025-02-28
    date("2026-01-31") + duration("P1M") => 2026-02-28
    date("2026-01-01") + duration("PT23H") => 2026-01-01
    date("2026-01-01") - duration("PT1H") => 2025-12-31
    duration("P1D") + date("2026-01-01") => 2026-01-02
    date("2026-03-01") - date("2026-02-01") => P28D
    date("9999-12-31") + duration("P1D") => 10000-01-01
    date and time("2026-03-29T00:30:00@Europe/London") + duration("PT1H") => 2026-03-29T02:30:00@Europe/London
    date and time("2026-01-01T10:00:00Z") - date and time("2026-01-01T12:00:00+02:00") => PT0S
    date and time("2026-01-01T10:00:00Z") - date and time("2026-01-01T10:00:00") => null
    time("23:30:00") + duration("PT1H") => 00:30:00
    time("10:00:00") - time("09:30:00") => PT30M
    duration("P1D") * 1.5 => P1DT12H
    2 * duration("P1Y6M") => P3Y
    duration("P1D") / 2 => PT12H
    duration("P1D") / duration("PT6H") => 4
    -duration("P1Y") => -P1Y
    duration("P1D") + duration("P1M") => null
    duration("PT36H") => P1DT12H
    duration("P14M") => P1Y2M
    duration("P1Y1D") => null
    duration("P") => null
    duration("PT") => null
    duration("PT0.S") => PT0S
    duration("PT.S") => null
    duration("-PT0.5S") => -PT0.5S
    @"2026-01-01" => 2026-01-01
    @"2026-01-01T10:00:00" => 2026-01-01T10:00:00
    @"10:00:00Z" => 10:00:00Z
    @"P1D" => P1D
    @"nonsense" => null
    date("2026-02-30") => null
    date("26-01-01") => null
    time("24:00:00") => 00:00:00
    time("24:00:01") => null
    date and time("2026-12-31T24:00:00Z") => 2027-01-01T00:00:00Z
    date and time("9999-12-31T24:00:00") => 10000-01-01T00:00:00
    date and time("999999999-12-31T24:00:00") => null
    time("10:00:00+14:00") => 10:00:00+14:00
    time("10:00:00+14:01") => null
    time(10, 0, 0, duration("PT14H1M")) => null
    time("10:00") => null
    time("10:00:00@Europe/Atlantis") => null
    time("10:00:00@../../etc/passwd") => null
    date("2026-03-04").year => 2026
    date("2026-03-04").weekday => 3
    date and time("2026-03-04T10:20:30.5+01:00").second => 30.5
    date and time("2026-03-04T10:20:30+01:00").time offset => PT1H
    date and time("2026-03-04T10:20:30@Europe/London").timezone => "Europe/London"
    duration("P1DT2H3M4S").hours => 2
    duration("-P1Y2M").months => -2
    [1..5).end included => false
    [1..5).start => 1
    (< 5).end => 5
    date(2026, 3, 4) => 2026-03-04
    date(date and time("2026-03-04T23:00:00Z")) => 2026-03-04
    date and time(date("2026-03-04"), time("10:00:00Z")) => 2026-03-04T10:00:00Z
    time(10, 20, 30) => 10:20:30
    time(10, 20, 30, duration("PT1H")) => 10:20:30+01:00
    years and months duration(date("2011-12-22"), date("2013-08-24")) => P1Y8M
    years and months duration(date("2013-08-24"), date("2011-12-22")) => -P1Y8M
    today() => 2026-03-04
    now() => 2026-03-04T12:00:00@Europe/London
    now() > date and time("2026-03-04T11:00:00Z") => true
    day of week(today()) => "Wednesday"
    month of year(today()) => "March"
    day of year(date("2026-12-31")) => 365
    week of year(date("2027-01-01")) => 53
    last day of month(date("2024-02-03")) => 2024-02-29
""")

STRINGS = table(r"""
    "\u0041\t\"" => "A\t\""
    "\uD83D\uDC0E" => "🐎"
    string length("🐎ab") => 3
    substring("🐎ab", 2) => "ab"
    substring("foobar", -2, 1) => "a"
    substring("foobar", 0) => null
    upper case("aBc") => "ABC"
    lower case("aBc") => "abc"
    substring before("foobar", "bar") => "foo"
    substring before("foobar", "x") => ""
    substring after("foobar", "ob") => "ar"
    substring after("foobar", "x") => ""
    contains("foobar", "of") => false
    starts with("foobar", "fo") => true
    ends with("foobar", "r") => true
    matches("foobar", "^fo*b") => true
    matches("FOO", "foo", "i") => true
    matches("a", "[") => null
    matches("a", "a", "z") => null
    matches("h e l l o", "hello", "x") => false
    matches("hello", "h e l l o", "x") => true
    matches("a.c", "a.c", "q") => true
    matches("abc", "a.c", "q") => false
    matches("aa", "(a)\1") => true
    matches("x-5", "[\p{L}-[aeiou]]-\d") => true
    replace("abracadabra", "bra", "*") => "a*cada*"
    replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") => "[1=ab][2=]cd"
    replace("10", "1", "\$") => "$0"
    replace("abc", "x*", "-") => null
    split("John Doe", "\s") => ["John", "Doe"]
    split("a;b;;c", ";") => ["a", "b", "", "c"]
    split("", ",") => [""]
    extract("refs #12, #7", "#\d+") => ["#12", "#7"]
    string join(["a", null, "b"], "-") => "a-b"
    string join([], "-") => ""
    string join(["a", "b"], "-", "(", ")") => null
    string join(["a", 1], "-") => null
    trim("  a ") => "a"
    is blank(" ") => true
    string(1.50) => "1.5"
    string(null) => null
    string([1, "a", {b: null}]) => "[1, \"a\", {b: null}]"
    string(date("2026-01-01")) => "2026-01-01"
    number("1.5") => 1.5
    number("1 000,5", " ", ",") => 1000.5
    number("1,000.5", ",", ".") => 1000.5
    number("1.5", null, null) => 1.5
    number("x") => null
    number("1,5", ",", ",") => null
""")

LIST_FUNCTIONS = table("""
    list contains([1, null], null) => true
    count([1, [2, 3]]) => 2
    min([3, 1, 2]) => 1
    max("a", "c", "b") => "c"
    min([]) => null
    max([1, "a"]) => null
    sum([1, 2, 3]) => 6
    sum(1, 2) => 3
    sum([]) => null
    sum([duration("P1D"), duration("PT12H")]) => P1DT12H
    product([2, 3]) => 6
    mean([1, 2]) => 1.5
    median([3, 1, 2]) => 2
    median([1, 2, 3, 4]) => 2.5
    stddev([2, 4, 7, 5]) => 2.081665999466132735282297706979931
    stddev([47]) => null
    mode([6, 3, 9, 6, 6]) => [6]
    mode([6, 1, 9, 6, 1]) => [1, 6]
    mode([]) => []
    all([true, null]) => null
    all([false, null]) => false
    all([]) => true
    any([true, null]) => true
    any([false, null]) => null
    any([]) => false
    sublist([1, 2, 3], 2) => [2, 3]
    sublist([1, 2, 3], -2, 1) => [2]
    append([1], 2, null) => [1, 2, null]
    concatenate([1], [2, 3], 4) => [1, 2, 3, 4]
    insert before([1, 3], 2, 2) => [1, 2, 3]
    remove([1, 2, 3], 2) => [1, 3]
    list replace([1, 2, 3], 2, 9) => [1, 9, 3]
    list replace([1, 2, 3], 2.5, 9) => [1, 9, 3]
    list replace([1, 2, 3], -1.5, 9) => [1, 2, 9]
    list replace([1, 2, 3], 0.5, 9) => null
    list replace([1, 2, 3], function(item, newItem) item < newItem, 3) => [3, 3, 3]
    reverse([1, 2]) => [2, 1]
    index of([1, 2, 1], 1) => [1, 3]
    union([1, 2], [2, 3]) => [1, 2, 3]
    distinct values([1, 2, 1, [1], [1]]) => [1, 2, [1]]
    duplicate values([1, 2, 1, 1]) => [1]
    duplicate values([1, 2, 3, 2, 1]) => [1, 2]
    flatten([[1, [2]], 3]) => [1, 2, 3]
    sort([3, 1, 2]) => [1, 2, 3]
    partition([1, 2, 3], 2) => [[1, 2], [3]]
    is empty([]) => true
    count(null) => null
""")

NUMBER_FUNCTIONS = table("""
    decimal(1 / 3, 2) => 0.33
    decimal(2.5, 0) => 2
    decimal(1.5, 0) => 2
    decimal(125, -1) => 120
    floor(-1.5) => -2
    floor(1.56, 1) => 1.5
    ceiling(1.2) => 2
    round up(-5.5, 0) => -6
    round down(5.5, 0) => 5
    round half up(2.5, 0) => 3
    round half down(2.5, 0) => 2
    round half up(1.115, 2) => 1.12
    decimal(1, 7000) => null
    abs(-1) => 1
    abs(duration("-P1D")) => P1D
    modulo(12, 5) => 2
    modulo(-12, 5) => 3
    modulo(12, -5) => -3
    modulo(10.1, 4.5) => 1.1
    modulo(1, 0) => null
    sqrt(16) => 4
    sqrt(-1) => null
    log(0) => null
    exp(0) => 1
    odd(5) => true
    even(-2) => true
    odd(2.5) => false
""")

CONTEXT_FUNCTIONS = table("""
    get value({a: 1}, "a") => 1
    get value({a: {b: 2}}, ["a", "b"]) => 2
    get value({a: 1}, "b") => null
    get entries({a: 1}) => [{key: "a", value: 1}]
    context([{key: "a", value: 1}, {key: "b", value: 2}]) => {a: 1, b: 2}
    context([{key: "a", value: 1}, {key: "a", value: 2}]) => null
    context put({a: 1}, "b", 2) => {a: 1, b: 2}
    context put({a: {b: 1}}, ["a", "b"], 2) => {a: {b: 2}}
    context merge([{a: 1}, {a: 2, b: 3}]) => {a: 2, b: 3}
    is defined(null) => false
    get or else(null, 3) => 3
    is(time("10:00:00Z"), time("11:00:00+01:00")) => false
    is(1, 1.0) => true
    is("a", 1) => false
""")

RANGE_FUNCTIONS = table("""
    before(1, 10) => true
    before(1, (1..10]) => true
    before(1, [1..10]) => false
    before([1..10), 10) => true
    before([1..10), [10..20]) => true
    before([1..10], [10..20]) => false
    after([10..20], [1..10)) => true
    meets([1..5], [5..10]) => true
    meets([1..5), [5..10]) => false
    met by([5..10], [1..5]) => true
    overlaps([1..5], [5..8]) => true
    overlaps([1..5), [5..8]) => false
    overlaps before([1..5], [3..8]) => true
    overlaps before([1..5], [1..8]) => false
    overlaps after([3..8], [1..5]) => true
    finishes(10, [1..10]) => true
    finishes([5..10], [1..10]) => true
    finished by([1..10], [5..10]) => true
    includes([1..10], 5) => true
    includes([1..10], (1..10)) => true
    includes((1..10), [1..10]) => false
    during(5, [1..10]) => true
    starts(1, [1..10]) => true
    starts([1..5], [1..10]) => true
    started by([1..10], [1..5)) => true
    coincides([1..5], [1..5]) => true
    coincides([1..5], [1..5)) => false
    coincides(5, 5) => true
    coincides((>= 1), (>= 1)) => true
    coincides((< 1), (<= 1)) => false
    starts((>= 1), (>= 1)) => true
    finishes((<= 5), (<= 5)) => true
    includes((> 5), (> 7)) => true
    during((< 5), (< 7)) => true
    range("[1..10)") => [1..10)
    range("(date(\\"2026-01-01\\")..@\\"2026-02-01\\"]") => (2026-01-01..2026-02-01]
    range("[2..1]") => null
    range("x") => null
""")

OURS = table("""
    working days(1) => 2026-03-05T17:00:00Z
    working days(5) => 2026-03-11T17:00:00Z
    working days(date("2026-04-02"), 1) => 2026-04-07T16:00:00Z
    working days(date("2026-04-07"), -1) => 2026-04-02T16:00:00Z
    working days(date and time("2026-06-01T23:30:00Z"), 1) => 2026-06-03T16:00:00Z
    working days(n: 1) => 2026-03-05T17:00:00Z
    working days(1.5) => null
    working days(100000) => null
    working days(null) => null
    working days(now(), 1) > now() => true
    bank holiday(date("2026-12-25")) => true
    bank holiday(date("2026-12-24")) => false
    working day(date("2026-12-28")) => false
    working day(today()) => true
    bank holiday("2026-12-25") => null
""")

ALL = (
    ARITHMETIC + COMPARISON + LOGIC + CONTROL + MEMBERSHIP + LISTS_AND_CONTEXTS + FUNCTIONS
    + TYPES + TEMPORAL + STRINGS + LIST_FUNCTIONS + NUMBER_FUNCTIONS + CONTEXT_FUNCTIONS
    + RANGE_FUNCTIONS + OURS
)  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), ALL, ids=[text for text, _ in ALL])
def test_an_expression_has_its_value(expression: str, expected: str, value: Value) -> None:
    assert value(expression) == expected
