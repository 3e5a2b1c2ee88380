"""Errors a person can understand. A class's docstring is what the page says."""

import inspect


class AppError(Exception):
    """Something went wrong that you can do something about."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.getdoc(type(self)) or type(self).__name__)


class NotFound(AppError):
    """We cannot find that page. It may have been moved, or you may not have access to it."""


class NotAllowed(AppError):
    """You do not have permission to do that."""


class Conflict(AppError):
    """Someone else changed this while you were working on it."""


class InvalidInput(AppError):
    """Some of the information is missing or not right."""


class SignInNeeded(AppError):
    """Sign in to continue."""


class TooManyAttempts(AppError):
    """Too many attempts. Wait a few minutes and try again."""


class ConfigurationError(AppError):
    """The application is not set up correctly."""
