"""The desk: where staff sign in, send figures, review and publish them. Never cached, never public."""
