"""Running processes. A process moves only through ``app.runtime.step``."""
