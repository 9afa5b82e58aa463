"""Foreign files to observations, with a ledger of every defect found: nothing is guessed, nothing dropped."""
