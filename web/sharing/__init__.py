"""Who else has a memory, what is offered, the trash, and acts on many memories."""
