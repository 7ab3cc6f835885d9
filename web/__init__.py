"""Pages for people: server-made, without scripts, in English and Korean."""
