"""The register of what children and young people say when they are asked, and of what came of it."""
