"""Gives templates the GOV.UK components, our filters, and the words for dates."""

from flask import Flask
from jinja2 import BaseLoader, ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup

from app.web import dates

GOVUK = "govuk_frontend_jinja"


def register(app: Flask) -> None:
    """Must come before the first page is rendered."""
    own = app.jinja_env.loader
    assert own is not None  # noqa: S101  Flask always has one
    app.jinja_env.loader = with_govuk_components(own)
    # the components ask for parameters of parameters that nobody gave
    app.jinja_env.undefined = ChainableUndefined
    app.jinja_env.filters.update(
        long_date=dates.long_date,
        short_date=dates.short_date,
        clock_time=dates.clock_time,
        date_and_time=dates.date_and_time,
        ago=dates.ago,
        lines=lines,
    )
    app.jinja_env.globals["due_in_words"] = dates.due_in_words


def with_govuk_components(own: BaseLoader) -> ChoiceLoader:
    """A loader that also finds ``govuk_frontend_jinja/components/…``."""
    return ChoiceLoader([own, PrefixLoader({GOVUK: PackageLoader(GOVUK)})])


def lines(text: object) -> Markup:
    """Text with the line breaks somebody typed, escaped; what is markup already stays as it is."""
    if isinstance(text, Markup):
        return text
    return Markup("<br>").join(str(text or "").splitlines())
