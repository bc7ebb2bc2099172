/* What other departments know of the applicant, beside the form: by the setting "exchange.facts", a list of
 * {"resource", "item": code, base item or "*", "name", "fields": [ids], "labels": [words]}. Asked when an
 * officer first looks at a live case, under the permit of this installation for it; as long as there is the
 * case it stays as it was found. */
#include "core/http/server.h"
#include "modules/exchange/exchange_elsewhere.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

/* Each has what is shown of it; of one service for one item there is one. */
static bool is_sound(const struct json *rules, const struct json *rule, const char *named)
{
    const struct json *fields = json_get(rule, "fields"), *labels = json_get(rule, "labels");
    struct str item = json_text_of(rule, "item");
    bool sound = json_text_of(rule, named).len && item.len && json_text_of(rule, "name").len &&
                 json_is(fields, JSON_ARRAY) && fields->count && (!labels || json_is(labels, JSON_ARRAY));
    JSON_EACH(f, fields)
    {
        sound = sound && json_is(f, JSON_STRING) && f->text.len;
    }
    JSON_EACH(l, labels)
    {
        sound = sound && json_is(l, JSON_STRING);
    }
    JSON_EACH(other, rules)
    {
        if (other == rule) break;
        struct str theirs = json_text_of(other, "item");
        bool meet = str_eq(theirs, item) || str_eq_c(theirs, "*") || str_eq_c(item, "*");
        if (meet && str_eq(json_text_of(other, named), json_text_of(rule, named))) return false;
    }
    return sound;
}

bool exchange_check_facts(struct ctx *c, struct str text, const char *named)
{
    struct err wrong = {0};
    const struct json *rules = json_parse(c->arena, text, JSON_STRICT, &wrong);
    bool sound = json_is(rules, JSON_ARRAY);
    JSON_EACH(rule, sound ? rules : NULL)
    {
        sound = sound && json_is(rule, JSON_OBJECT) && is_sound(rules, rule, named);
    }
    return sound || err_at(c->err, STR("value"),
                           "A JSON list is needed whose members have %{arg}, item, name and fields (with "
                           "labels where wanted), each once for an item.",
                           str_c(named));
}

bool elsewhere_check(struct ctx *c, struct str text)
{
    return exchange_check_facts(c, text, "resource");
}

static bool rules_of(struct ctx *c, const struct json **rules)
{
    struct str text;
    *rules = NULL;
    if (!orgs_setting(c, "exchange.facts", &text)) return false;
    if (!text.len) return true;
    *rules = json_parse(c->arena, text, JSON_STRICT, c->err);
    return *rules != NULL;
}

static bool is_for(const struct json *rule, const struct exchange_case *about)
{
    struct str item = json_text_of(rule, "item");
    return str_eq_c(item, "*") || str_eq(item, about->item_code) ||
           (about->base.len && str_eq(item, about->base));
}

static struct str words_of(const struct json *value)
{
    if (json_is(value, JSON_BOOL)) return value->boolean ? STR("是") : STR("否");
    return json_is(value, JSON_NUMBER) ? value->text : json_text(value);
}

static struct str values_of(struct ctx *c, const struct json *rule, const struct json *data);

/* "（1）…　（2）…", and whether there are more. */
static struct str records_of(struct ctx *c, const struct json *rule, const struct json *list)
{
    struct buf b = buf_new(c->arena, 256);
    int n = 0;
    JSON_EACH(one, list)
    {
        if (b.len) buf_add_char(&b, ' ');
        if (json_is(one, JSON_BOOL))
            buf_add(&b, ctx_tr(c, "There are more records, which are not shown."));
        else
            buf_fmt(&b, "（%d）%.*s", ++n, STR_ARG(values_of(c, rule, one)));
    }
    return buf_str(&b);
}

static struct str values_of(struct ctx *c, const struct json *rule, const struct json *data)
{
    if (json_is(data, JSON_ARRAY)) return records_of(c, rule, data);
    struct buf b = buf_new(c->arena, 128);
    const struct json *label = json_at(json_get(rule, "labels"), 0);
    JSON_EACH(f, json_get(rule, "fields"))
    {
        const struct json *v = json_get_str(data, f->text);
        struct str text = v ? words_of(v) : STR_EMPTY;
        if (text.len)
            buf_fmt(&b, "%s%.*s：%.*s", b.len ? "；" : "", STR_ARG(label ? label->text : f->text),
                    STR_ARG(text));
        label = label ? label->next : NULL;
    }
    return buf_str(&b);
}

static bool add_fact(struct ctx *c, struct json *facts, const struct json *rule, const struct elsewhere *t)
{
    struct str resource = json_text_of(rule, "resource"), zh, en, name = json_text_of(rule, "name");
    bool answered = t->known && str_eq_c(t->result, "ok");
    if (!elsewhere_names(c, resource, &zh, &en)) return false;
    bool kept_back = t->known && str_eq_c(t->result, "exchange.not_shared");
    struct str value = kept_back   ? ctx_tr(c, "The department that keeps this no longer shares it.")
                       : !answered ? ctx_tr(c, "The department that keeps this has not answered.")
                       : t->found  ? values_of(c, rule, t->data)
                                   : ctx_tr(c, "There is no record of this applicant.");
    struct json *f = json_add_object(c->arena, facts);
    json_set_c(c->arena, f, "result", answered && t->found ? "match" : "unknown");
    json_set_str(c->arena, f, "result_label",
                 ctx_tr(c, kept_back   ? "Not shared any more"
                           : !answered ? "No answer yet"
                           : t->found  ? "On record"
                                       : "No record"));
    json_set_str(c->arena, f, "name", name.len ? name : zh);
    json_set_str(c->arena, f, "value", value);
    json_set_str(c->arena, f, "source", c->lang == &lang_en && en.len ? en : zh);
    json_set_str(c->arena, f, "when", time_format(c->arena, t->at ? t->at : c->now));
    exchange_fact_permit(c, f, t->permit);
    return true;
}

bool elsewhere_facts(struct ctx *c, const struct exchange_case *about, struct json *facts)
{
    const struct json *rules;
    struct subject s;
    if (!rules_of(c, &rules)) return false;
    if (!rules || !people_subject(c, about->applicant, &s)) return c->err->kind == ERR_NONE;
    const struct elsewhere_about who = {
        .about = about, .code = s.code, .firm = s.kind == SUBJECT_ORGANISATION};
    JSON_EACH(rule, rules)
    {
        struct str resource = json_text_of(rule, "resource");
        struct elsewhere t;
        if (!s.code.len || !is_for(rule, about) || !elsewhere_is_bound(c, resource)) continue;
        if (!elsewhere_of(c, &who, resource, "fact", json_get(rule, "fields"), &t)) return false;
        if (t.known || about->live) {
            if (!add_fact(c, facts, rule, &t)) return false;
        }
    }
    return true;
}
