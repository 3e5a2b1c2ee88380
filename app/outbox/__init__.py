"""What has to be sent: written with the change that causes it, sent afterwards, at least once."""
