"""Statistical methods on plain arrays: each package is one method of the field and knows no file and no other."""
