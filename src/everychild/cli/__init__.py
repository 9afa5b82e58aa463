"""The command-line door: `everychild load`, `releases`, `check`, `serve`."""
