from datetime import timedelta

from memory_hub.jobs.declared import Job
from testing.sample_app.models import Note

COUNT_NOTES = Job(
    name="count_notes", help="Counts notes.", run=Note.objects.count, every=timedelta(minutes=5)
)
