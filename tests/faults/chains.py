"""Every named fault point of the product, in the order in which a story meets them, and the story that drills it.

A new fault("…") in the code needs its name here, or `test_every_fault_point_has_a_drill` fails: put it
into the chain whose story passes it, at most four of one job (the fifth attempt must do the work), or
give it a story of its own in test_chains.py.
"""

TREE_BEGINS = (
    "jobs.received",
    "jobs.claimed",
    "jobs.before_spawn_commit",
    "jobs.before_send",
    "jobs.claimed.drill.leaf",
    "jobs.heartbeat",
)
TREE_ENDS = (
    "jobs.before_parent_lock",
    "jobs.after_parent_lock",
    "jobs.before_end_commit",
    "jobs.worked",
    "jobs.before_closing",
    "jobs.after_closing",
)
STORE = ("store.after_stage", "store.after_close", "store.before_commit", "store.after_commit")
RUN = ("run.child", "run.before_result_commit", "run.before_close", "run.before_close_commit")
UPLOAD = ("files.before_place", "upload.after_keep", "upload.before_commit", "upload.after_commit")
WITHDRAW = ("withdraw.after_close", "withdraw.before_commit", "withdraw.after_commit")
FULL_CHECK = ("check.after_alarm",)
BACK_FILE = ("back_file.after_content",)

CHAINS = {
    "test_tree": TREE_BEGINS + TREE_ENDS,
    "test_store": STORE,
    "test_run": RUN,
    "test_upload": UPLOAD,
    "test_withdrawal": WITHDRAW,
    "test_back_file": BACK_FILE,
    "test_full_check": FULL_CHECK,
}
