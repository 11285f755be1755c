"""URLs of intake."""

from django.urls import path

from intake.views import back_files, batches, comparisons, note_rows, withdrawals

app_name = "intake"
urlpatterns = [
    path("batches/", batches.BatchList.as_page(), name="batch-list"),
    path("batches/upload/", batches.batch_upload, name="batch-upload"),
    path("batches/compare/", comparisons.batch_compare, name="batch-compare"),
    path("batches/compare/export/", comparisons.batch_compare_export, name="batch-compare-export"),
    path("batches/<slug:ref>/", batches.batch_detail, name="batch-detail"),
    path("batches/<slug:ref>/check/", batches.batch_check, name="batch-check"),
    path("batches/<slug:ref>/leave-out/", note_rows.batch_leave_out, name="batch-leave-out"),
    path("batches/<slug:ref>/take-back/", note_rows.batch_take_back, name="batch-take-back"),
    path("batches/<slug:ref>/commit/", batches.batch_commit, name="batch-commit"),
    path("batches/<slug:ref>/withdraw/", withdrawals.BatchWithdraw.as_page(), name="batch-withdraw"),
    path("withdrawals/", withdrawals.WithdrawalList.as_page(), name="withdrawal-list"),
    path("withdrawals/<slug:ref>/approve/", withdrawals.withdrawal_approve, name="withdrawal-approve"),
    path("withdrawals/<slug:ref>/refuse/", withdrawals.withdrawal_refuse, name="withdrawal-refuse"),
    path("withdrawals/<slug:ref>/cancel/", withdrawals.withdrawal_cancel, name="withdrawal-cancel"),
    path("batches/<slug:ref>/file/", batches.batch_file, name="batch-file"),
    path("batches/<slug:ref>/back/<slug:what>/", back_files.batch_back_file, name="batch-back-file"),
    path("batches/<slug:ref>/back/<slug:what>/<slug:job>/", back_files.batch_kept_file, name="batch-kept-file"),
]
