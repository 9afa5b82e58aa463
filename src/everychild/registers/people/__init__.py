"""Who works at the desks: bodies, accounts, roles; signing in."""
