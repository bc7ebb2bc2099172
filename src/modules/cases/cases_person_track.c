/* Following a case without signing in, by its number and the code on the receipt. */
#include "core/auth/auth.h"
#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/cases/cases_apply.h"

/* A code of 39 bits: three tries an hour for a number, whoever makes them, leave nothing to guess. */
enum { TRIES_A_CASE = 3, TRIES_AN_ADDRESS = 20 };

/* Capitals without blanks and hyphens. */
static struct str normalised(struct ctx *c, struct str text)
{
    struct buf b = buf_new(c->arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        char ch = text.ptr[i];
        if (ch == ' ' || ch == '-') continue;
        buf_add_char(&b, ch >= 'a' && ch <= 'z' ? (char)(ch - 'a' + 'A') : ch);
    }
    return buf_str(&b);
}

bool apply_track(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields");
    struct json *no = apply_field(c, fields, "case_no", ctx_tr(c, "Reference number"), false, "input");
    struct json *code = apply_field(c, fields, "track_code", ctx_tr(c, "Tracking code"), false, "input");
    json_set_str(c->arena, no, "value", ctx_param(c, STR("case_no")));
    json_set_c(c->arena, no, "width", "20");
    json_set_str(c->arena, no, "hint", ctx_tr(c, "22 characters, on the receipt"));
    json_set_str(c->arena, code, "value", ctx_param(c, STR("track_code")));
    json_set_c(c->arena, code, "width", "10");
    json_set_c(c->arena, code, "autocomplete", "off");
    json_set_c(c->arena, doc, "action", "/track");
    json_set(doc, "found", json_null(c->arena));
    return true;
}

static void found_document(struct ctx *c, const struct track_row *t)
{
    const struct case_file *f = &t->row.file;
    struct json *o = json_set_object(c->arena, ctx_doc(c), "found");
    enum clock_light light = case_light(f, t->row.yellow_at, t->row.red_at, t->row.paused, c->now);
    struct str due = words_due_to_person(c, f, light, t->provisional);
    json_set_str(c->arena, o, "case_no", f->case_no);
    json_set_str(c->arena, o, "item_name", f->item_name);
    json_set_str(c->arena, o, "department", apply_unit_name(c, f->unit));
    json_set_str(c->arena, o, "status", f->status);
    json_set_str(c->arena, o, "status_label", words_status(c, f->status, f->result));
    json_set_c(c->arena, o, "tone", person_tone(f));
    json_set_str(c->arena, o, "sent", words_day(c, f->submitted));
    json_set(o, "step", f->role.len ? json_string(c->arena, words_role(c, f->role)) : json_null(c->arena));
    json_set(o, "due_text", due.len ? json_string(c->arena, due) : json_null(c->arena));
}

/* What is tried at one number is remembered over a restart; what one address tries is not. */
bool apply_track_limit(struct ctx *c)
{
    return auth_limit(c, "track:address", c->req->peer, TRIES_AN_ADDRESS, MS_HOUR) &&
           auth_limit_kept(c, "track:case", normalised(c, in_text(c, "case_no")), TRIES_A_CASE, MS_HOUR);
}

/* One sentence for a wrong number and a wrong code. */
bool apply_track_find(struct ctx *c)
{
    struct track_row t;
    bool found;
    struct str no = normalised(c, in_text(c, "case_no")), code = normalised(c, in_text(c, "track_code"));
    if (!case_store_track(c, no, &t, &found)) return false;
    bool right = found && code.len == IDENT_TRACK_CODE && t.row.file.track_code.len == code.len &&
                 crypto_equal(code.ptr, t.row.file.track_code.ptr, code.len);
    if (!right)
        return err_at(c->err, STR("track_code"), "Number and code do not belong together. Please check both.",
                      STR_EMPTY);
    if (!apply_track(c)) return false;
    found_document(c, &t);
    return true;
}
