"""What was kept."""

from django.db import models

from foundation.constraints import keep_unchanged
from foundation.refs import new_ref


class StoredFile(models.Model):
    """留存文件: one file as it came; its content lies under its own SHA-256."""

    ref = models.CharField(max_length=12, unique=True, default=new_ref)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=40)
    media_type = models.CharField(max_length=100)
    by_key = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="storedfile_by_sha256")]
        constraints = [models.CheckConstraint(condition=models.Q(size__gte=0), name="storedfile_size_not_negative")]

    def __str__(self) -> str:
        return self.name


keep_unchanged(StoredFile)
