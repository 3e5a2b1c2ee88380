"""Working days, bank holidays of England and closures of a council. Pure."""

from app.calendars.working_calendar import WorkingCalendar

__all__ = ["WorkingCalendar"]
