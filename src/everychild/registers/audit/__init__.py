"""The memory of the desk: who did what, when, to which record, from what to what. It only ever grows."""
