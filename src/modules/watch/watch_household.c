/* Who lives with staff: found in the population register by the number of the household, in pages, once when
 * staff are put on the list. Only keyed digests leave the register. */
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/registry/registry.h"
#include "modules/watch/watch_internal.h"

enum { PAGE = 500 };

static struct str household_index(struct ctx *c, struct str number)
{
    return blind_index(ctx_keys(c), c->arena, "watch:household", number);
}

static bool go_on(struct ctx *c, struct str household, int64_t staff, int64_t after)
{
    struct json *payload = json_object(c->arena);
    json_set_str(c->arena, payload, "household", household);
    json_set_id(c->arena, payload, "staff", staff);
    json_set_id(c->arena, payload, "after", after);
    return job_add(c, "watch.household", str_fmt(c->arena, "%lld", (long long)staff), payload, c->now);
}

bool watch_find_household(struct ctx *c, int64_t staff, struct str number)
{
    const struct json *record = NULL;
    if (!registry_record(c, STR("population"), number, NULL, &record)) return false;
    struct str household = json_text_of(record, "household_no");
    if (!household.len) return true;
    struct str index = household_index(c, household);
    return go_on(c, str_hex(c->arena, index.ptr, index.len), staff, 0);
}

bool watch_read_household(struct ctx *c, const struct json *payload)
{
    int64_t after = json_i64_of(payload, "after", 0);
    struct str wanted;
    struct json *list, *found;
    if (!str_unhex(c->arena, json_text_of(payload, "household"), &wanted))
        return err_fault(c->err, "a household is no digest");
    if (!registry_scan(c, STR("population"), &after, PAGE, &list)) return false;
    c->prepared = json_object(c->arena);
    found = json_set_array(c->arena, c->prepared, "found");
    JSON_EACH(record, list)
    {
        struct str household = json_text_of(record, "household_no");
        if (!household.len || !str_eq(household_index(c, household), wanted)) continue;
        struct str index = exchange_subject_index(c, json_text_of(record, "id_number"));
        json_add(found, json_string(c->arena, str_hex(c->arena, index.ptr, index.len)));
    }
    json_set_id(c->arena, c->prepared, "after", after);
    json_set_bool(c->arena, c->prepared, "more", list->count == PAGE);
    return true;
}

bool watch_add_household(struct ctx *c, const struct json *payload)
{
    struct watch_person staff;
    bool found, fresh;
    if (!person_store_load(c, json_i64_of(payload, "staff", 0), &staff, &found)) return false;
    if (!found) return true; /* taken off the list meanwhile */
    JSON_EACH(one, json_get(c->prepared, "found"))
    {
        struct watch_person p = {.id = ctx_id(c),
                                 .kind = STR("household"),
                                 .unit = staff.unit,
                                 .operator_id = staff.operator_id,
                                 .note = staff.note,
                                 .staff = staff.id};
        if (!str_unhex(c->arena, one->text, &p.subject_index))
            return err_fault(c->err, "an index is no digest");
        if (str_eq(p.subject_index, staff.subject_index)) continue;
        if (!person_store_add(c, &p, &fresh)) return false;
    }
    return !json_true_of(c->prepared, "more") ||
           go_on(c, json_text_of(payload, "household"), staff.id, json_i64_of(c->prepared, "after", 0));
}
