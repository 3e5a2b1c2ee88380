"""What happened, who did it and when: append-only, in the same transaction as the change."""
