"""What the journal tells of memories: ``recorded`` what is written into it, ``changes`` what a
caller is told, ``branches`` where that is looked for, ``waiting`` for the next one,
``audit`` who did what."""
