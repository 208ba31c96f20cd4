from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import new_id
from marketplace.models.listings import Listing, Revision


class Case(models.Model):
    """One piece of work for a moderator."""

    class Kind(models.TextChoices):
        SUBMISSION = "submission", _("Submission")
        REPORT = "report", _("Report")
        APPEAL = "appeal", _("Appeal")

    class State(models.TextChoices):
        SCREENING = "screening", _("Being checked")
        OPEN = "open", _("Waiting")
        CLAIMED = "claimed", _("Claimed")
        DECIDED = "decided", _("Decided")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Decision(models.TextChoices):
        APPROVE = "approve", _("Approved")
        REJECT = "reject", _("Sent back")
        SUSPEND = "suspend", _("Suspended")
        DISMISS = "dismiss", _("Dismissed")
        RESTORE = "restore", _("Restored")

    class Reason(models.TextChoices):
        """Why a listing was sent back or suspended; each has its own words on what to mend."""

        UNCLEAR = "unclear", _("The page does not say what a buyer gets")
        EXAMPLES = "examples", _("Examples are missing or do not fit the prompt")
        QUALITY = "quality", _("The prompt does too little for its price")
        DUPLICATE = "duplicate", _("Too near to a prompt that is already here")
        RIGHTS = "rights", _("Someone else's work")
        PERSONAL_DATA = "personal_data", _("Personal data in the prompt or the examples")
        SECRET = "secret", _("A key or password in the text")
        LEAK = "leak", _("The public page gives the prompt away")
        UNSAFE = "unsafe", _("Content we do not sell")
        MISLEADING = "misleading", _("Misleading title, model or price")
        OTHER = "other", _("Another reason, given in the note")

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="cases")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    digest = models.CharField(max_length=64, blank=True, help_text="The content that was submitted.")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="cases_opened"
    )
    appeals = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="appeal_cases")
    words = models.TextField(blank=True, help_text="What the reporter or the appealing seller wrote.")
    risk = models.PositiveSmallIntegerField(default=0, help_text="0 to 100, from the findings")
    opened_at = models.DateTimeField(default=clock.now)
    screened_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="cases_claimed"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="cases_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    note = models.TextField(blank=True, max_length=4000)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(
                fields=["listing"],
                name="case_one_open_submission",
                condition=Q(kind="submission", state__in=["screening", "open", "claimed"]),
            ),
            models.UniqueConstraint(
                fields=["appeals"], name="case_one_appeal_each", condition=Q(appeals__isnull=False)
            ),
            models.CheckConstraint(
                name="case_decided_has_decision",
                condition=~Q(state="decided") | (~Q(decision="") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at", "id"], name="case_queue", condition=Q(state__in=["screening", "open", "claimed"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.SCREENING, self.State.OPEN, self.State.CLAIMED}


class Finding(models.Model):
    """What an automatic check saw, with its evidence."""

    class Severity(models.TextChoices):
        NOTE = "note", _("For information")
        WARNING = "warning", _("Look at this")
        SERIOUS = "serious", _("Serious")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="findings")
    check_name = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    code = models.CharField(max_length=40, help_text="Names the message, which is made in the reader's language.")
    # Counts, percentages, other listings' slugs, field names. Never words of a prompt.
    evidence = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")

    def __str__(self) -> str:
        return f"{self.check_name}: {self.code}"


class Report(models.Model):
    """A person's word that a listing breaks the rules; many reports make one case, a person counts once."""

    class Kind(models.TextChoices):
        COPYRIGHT = "copyright", _("It copies my work or someone else's")
        BROKEN = "broken", _("It does not do what it shows")
        UNSAFE = "unsafe", _("It is harmful or illegal")
        MISLEADING = "misleading", _("It misleads buyers")
        OTHER = "other", _("Something else")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    words = models.TextField(max_length=4000)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [models.UniqueConstraint(fields=["case", "reporter"], name="report_once_a_case")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.listing_id}"
