"""What this installation is set up as, for views and templates."""

from flask import Flask, g

from app.config import Settings


def register(app: Flask, settings: Settings) -> None:
    """Make the settings available to every request."""

    @app.before_request
    def remember_settings() -> None:
        g.settings = settings

    app.jinja_env.globals.update(
        council_name=settings.council_name,
        demo_mode=settings.demo_mode,
    )


def settings() -> Settings:
    """The settings of the application that answers this request."""
    found: Settings = g.settings
    return found
