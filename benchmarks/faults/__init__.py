"""What the hub does under faults, at a steady load: script/bench faults --help."""
