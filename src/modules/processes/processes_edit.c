/* What is special about drafts of processes: when they are sound, which is also asked of what they call. */
#include "modules/processes/processes_internal.h"

const struct versions_kind process_versions = {.name = "process",
                                               .module = "processes",
                                               .key = "process",
                                               .text = "xml",
                                               .missing = "We cannot find this process.",
                                               .codes = {"process", "process.under_review",
                                                         "process.no_draft", "process.no_review",
                                                         "process.four_eyes", "process.open"}};

static bool sound(struct ctx *c, const struct versions_row *row, const char *msgid)
{
    struct process_report report;
    if (!process_check(c, row->text, &report)) return false;
    return report.course || err_conflict(c->err, "process.unsound", msgid);
}

bool process_send_to_review(struct ctx *c, const struct versions_row *row)
{
    return versions_must_be_draft(c, &process_versions, row) &&
           sound(c, row,
                 "It has faults that keep it from being published. They are listed: mend them first.") &&
           versions_set_status(c, &process_versions, row->id, row->version, "review") &&
           versions_note(c, &process_versions, "review", row->id, row->version);
}

bool process_publish(struct ctx *c, int64_t process)
{
    struct versions_row row;
    return versions_under_review(c, &process_versions, process, &row) &&
           sound(c, &row, "It cannot be published: it has faults. They are listed.") &&
           versions_publish(c, &process_versions, &row);
}

/* What it calls may have changed since. */
bool process_roll_back(struct ctx *c, int64_t process, int version)
{
    struct versions_row row;
    return versions_earlier(c, &process_versions, process, version, &row) &&
           sound(c, &row, "It cannot be published: it has faults. They are listed.") &&
           versions_go_back(c, &process_versions, &row);
}
