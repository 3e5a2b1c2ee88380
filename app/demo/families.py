"""The fictional families: each is a story played by the real engine."""


def play_families() -> None:
    """Play every story up to where it is parked."""
