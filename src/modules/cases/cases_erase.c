/* What cases keep of a person who asked to be erased, and what goes: drafts at once; of files of matters that
 * ended, when their time is over, the documents and what stood in the open. Everything else was sealed under
 * the person's key. */
#include "core/blob/blob.h"
#include "modules/cases/cases_web.h"

static bool kept(struct ctx *c, int64_t subject, struct people_kept *k)
{
    int64_t open, ended, last;
    if (!case_store_of_person(c, subject, &open, &ended, &last)) return false;
    people_must_end(c, k, "Applications under way: %{arg}", open, "/me/cases");
    people_keep(c, k, "Files of applications that were sent: %{arg}", ended, last);
    return true;
}

static bool forget(struct ctx *c, int64_t subject)
{
    int64_t *ids;
    size_t count;
    if (!case_store_drafts_of(c, subject, &ids, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct case_work w;
        if (!case_work_load(c, ids[i], &w) || !draft_discard(c, &w)) return false;
    }
    return true;
}

static bool erase(struct ctx *c, int64_t subject)
{
    int64_t *ids;
    size_t count;
    if (!case_store_files_of(c, subject, &ids, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct case_upload *uploads;
        size_t uploaded;
        if (!case_store_uploads(c, ids[i], &uploads, &uploaded)) return false;
        for (size_t u = 0; u < uploaded; u++)
            if (uploads[u].blob.len && !blob_release(&c->tx, uploads[u].blob, "case_material", uploads[u].id))
                return false;
        if (!case_store_empty(c, ids[i])) return false;
    }
    return true;
}

const struct people_part case_erase_part = {.name = "cases", .kept = kept, .forget = forget, .erase = erase};
