"""Foreign files to observations, with a ledger of every defect found on the way. Nothing is guessed, nothing dropped."""
