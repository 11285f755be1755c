"""Words of the personnel file, as the scheme documents use them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PostLevel(models.TextChoices):
    """职务层次, from high to low; stored by its Chinese name, which scheme documents quote."""

    TING_HEAD = "厅局级正职", _("厅局级正职")
    TING_DEPUTY = "厅局级副职", _("厅局级副职")
    CHU_HEAD = "县处级正职", _("县处级正职")
    CHU_DEPUTY = "县处级副职", _("县处级副职")
    KE_HEAD = "乡科级正职", _("乡科级正职")
    KE_DEPUTY = "乡科级副职", _("乡科级副职")
    STAFF = "科员", _("科员")


class PostClass(models.TextChoices):
    """正副职."""

    HEAD = "head", _("正职")
    DEPUTY = "deputy", _("副职")
    OTHER = "other", _("其他")


class PostingKind(models.TextChoices):
    """任职方式."""

    MAIN = "main", _("任职")
    CONCURRENT = "concurrent", _("兼任")
    SECONDED = "seconded", _("挂职")
    FIRST_SECRETARY = "first_secretary", _("驻村第一书记")
    FRONT_LINE = "front_line", _("一线派出")


class Front(models.TextChoices):
    """四个一线: where a front-line posting goes."""

    RURAL = "rural", _("乡村振兴主战场")
    PROJECT = "project", _("项目建设主阵地")
    INVESTMENT = "investment", _("招商引资最前沿")
    REFORM = "reform", _("改革发展第一线")


class SpellKind(models.TextChoices):
    """状态."""

    PROBATION = "probation", _("试用期")
    LEAVE = "leave", _("离岗")
    ILLNESS = "illness", _("病假")
    MATERNITY = "maternity", _("产假")
    CASE_OPEN = "case_open", _("立案未结")


class SanctionKind(models.TextChoices):
    """处分."""

    WARNING = "warning", _("警告")
    DEMERIT = "demerit", _("记过")
    MAJOR_DEMERIT = "major_demerit", _("记大过")
    DEMOTION = "demotion", _("降级")
    REMOVAL = "removal", _("撤职")
    DISMISSAL = "dismissal", _("开除")


class Gender(models.TextChoices):
    """性别."""

    FEMALE = "female", _("女")
    MALE = "male", _("男")
