"""What a machine or a cluster needs to run hydrascope; a package, so that a wheel or a zip finds `jars.lock`."""
