"""Looks at a page as its reader does: words, links, rows."""

import html
import re

TAG = re.compile(r"<(script|style|template)\b.*?</\1>|<[^>]+>", re.DOTALL)
ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
HEADING = re.compile(r"<h1\b.*?</h1>", re.DOTALL)
KEY = re.compile(r'name="idempotency_key"\s+value="([^"]+)"')


def words(page: str) -> str:
    """What is to be read on a page, in one line."""
    return " ".join(html.unescape(TAG.sub(" ", page)).split())


def rows(page: str) -> list[str]:
    """The rows of its tables without the heading, each in one line."""
    return [words(row) for row in ROW.findall(page) if "<td" in row]


def title(page: str) -> str:
    """The main heading."""
    found = HEADING.search(page)
    return words(found[0]) if found else ""


def key_in(page: str) -> str:
    """The idempotency key of the first form that has one."""
    found = KEY.search(page)
    assert found is not None, "the page has no idempotency key"
    return found[1]
