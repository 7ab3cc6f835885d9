"""Paths of what is brought in and taken out."""

from web.lazy import page

urlpatterns = [
    page("import", "web.transfer.bring.bring", "import"),
    page(r"import/(?P<import_id>[0-9a-f-]{36})", "web.transfer.bring.import_job", "import_job"),
    page("export", "web.transfer.export.take_out", "take_out"),
    page(r"export/(?P<number>\d{1,6})", "web.transfer.export.take_out_part", "take_out_part"),
    page(r"export/(?P<export_id>[0-9a-f-]{36})", "web.transfer.export.export_job", "export_job"),
]
