"""Who has which path: what the database holds paths apart by."""

from typing import Any

from django.db import models


class PathName(models.Model):
    """The path of a living memory, or a folder of such paths, by its folded name in its shelf.

    A file and a folder of one name exclude each other, for names are unique, and whatever lies in a
    folder refers to a folder's row (by its name, which the ORM cannot say: migration 0014). Folders
    whose last memory went stay until their name is wanted, or until the job that purges.
    """

    id = models.BigAutoField(primary_key=True)
    space = models.BigIntegerField()
    holder = models.BigIntegerField(help_text="the owner in the public's space, else 0")
    name = models.TextField(help_text="as paths.name_of has it")
    twin = models.TextField(null=True, help_text="of a memory: as paths.twin_of has it")  # noqa: DJ001 - null: a folder's
    is_folder = models.BooleanField()
    folder = models.TextField(null=True, help_text="the name of the folder it is in")  # noqa: DJ001 - null refers to no row
    in_folder = models.BooleanField(null=True, help_text="true where there is one")
    memory_id = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "superthread_path"

    def __str__(self) -> str:
        return f"path {self.pk}"


class LastSegment(models.Func):
    """The last segment of a path's twin, as the index ``path_last`` of migration 0020 has it."""

    def __init__(self) -> None:
        super().__init__("twin", "folder", output_field=models.TextField())

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        (twin, _), (folder, _) = map(compiler.compile, self.get_source_expressions())
        return f"substr({twin}, coalesce(length({folder}) + 2, 1))", []
