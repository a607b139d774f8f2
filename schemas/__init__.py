"""The contracts, one TOML file per table; a package, so that they are found in a wheel or a zip too."""
