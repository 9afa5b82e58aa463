"""Who must act: registers of laws, recommendations, money, programmes and voices, kept by people at desks.

Each register is a Django app: `models` (what is kept), `actions` (all writes), `queries` (all reads), `open_files`
(what anyone may download). `docs/decisions/0005-registers.md` shows how to add one.
"""
