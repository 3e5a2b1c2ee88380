"""What is accepted as a password, and how it is kept."""

import pytest
from argon2 import PasswordHasher

from app.identity import passwords
from app.identity.common_passwords import is_common
from app.identity.passwords import PasswordNotAccepted

GOOD = "seven purple teapots singing"


@pytest.mark.parametrize(
    "password",
    [
        GOOD, "x9!kQ-pd72Lmn_ze", "fourteen ducks & one goose", "пятнадцать зелёных уток",
        "🦆🦢🐧🦉 four birds sit", "tia\0rex\0likes\0trains", "a" + "bcdqwrtz" * 31,
    ],
)  # fmt: skip
def test_long_passwords_of_any_kind_are_accepted_and_kept_whole(password: str) -> None:
    passwords.check(password)
    kept = passwords.hashed(password)
    assert kept.startswith("$argon2id$")
    assert passwords.matches(kept, password)
    assert not passwords.matches(kept, password[:-1])
    assert not passwords.matches(kept, password + " ")


@pytest.mark.parametrize(
    "password",
    [
        "", "short", "fourteen chars", "x" * 257, "password12345678", "P4ssw0rd!P4ssw0rd!",
        "aaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "123456789012345", "qwertyuiop12345",
        "Summer2025Summer2025", "earlyhelp-2026!!", "Welcome-Welcome-1", "abcdefghijklmnop",
        "correct horse battery staple",
    ],
)  # fmt: skip
def test_short_and_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(PasswordNotAccepted):
        passwords.check(password)


def test_a_password_must_not_be_mostly_ones_own_name() -> None:
    about = ("amira", "Amira", "Haddad")
    with pytest.raises(PasswordNotAccepted, match="mostly your name"):
        passwords.check("amira-amira-1985", about=about)
    passwords.check("amira keeps nine green ducks", about=about)


def test_four_unrelated_words_are_not_common() -> None:
    assert not is_common("monkey cheese london thirteen")
    assert is_common("dragon-dragon-dragon")


def test_nobody_has_a_password_that_matches() -> None:
    assert not passwords.matches(None, "a password nobody has chosen")
    assert not passwords.matches("not a hash", GOOD)


def test_an_older_hash_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    old = passwords.hashed(GOOD)
    assert not passwords.is_outdated(old)
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=8))
    assert passwords.is_outdated(old)


def test_passwords_are_hashed_slowly_where_it_counts() -> None:
    default = PasswordHasher()
    assert (default.time_cost, default.memory_cost) >= (3, 64 * 1024)
