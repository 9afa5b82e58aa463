"""The definitions of `definitions/`, loaded once into frozen objects and cross-checked."""
