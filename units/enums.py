"""Kinds of subject and of unit."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SubjectKind(models.TextChoices):
    """What is judged."""

    UNIT = "unit", _("单位")
    CADRE = "cadre", _("干部")


class UnitKind(models.TextChoices):
    """单位类别."""

    CITY = "city", _("市")
    BANNER = "banner", _("旗区")
    CITY_DEPARTMENT = "city_department", _("市直部门")
    TOWNSHIP = "township", _("苏木乡镇")
    SUBDISTRICT = "subdistrict", _("街道")
    VILLAGE = "village", _("嘎查村")
    ZONE = "zone", _("开发区")
    REGION = "region", _("地区")


class SuccessionKind(models.TextChoices):
    """How one unit came out of another."""

    RENAMED = "renamed", _("更名")
    MERGED = "merged", _("合并")
    SPLIT = "split", _("拆分")
