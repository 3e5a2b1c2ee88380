"""Background work: due timers, timer starts, messages, the outbox. Claims; never alone."""
