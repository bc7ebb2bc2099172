/* When a question is shown: what the builder asks about it, and where a document says it. It is said in the
 * draft's own words, as an entry of allOf; x-when stays for what those cannot tell (money, which is text). */
#include "core/http/server.h"
#include "modules/forms/forms_internal.h"

/* ---- where it stands ---- */

static bool is_choice(const struct json *property)
{
    const char *kind = kind_of(property)->id;
    return strcmp(kind, "choice") == 0 || strcmp(kind, "several") == 0;
}

static bool is_tick(const struct json *property)
{
    return strcmp(kind_of(property)->id, "tick") == 0;
}

static bool is_amount(const struct json *property)
{
    const char *kind = kind_of(property)->id;
    return strcmp(kind, "integer") == 0 || strcmp(kind, "number") == 0 || strcmp(kind, "money") == 0;
}

/* Can its answers decide whether another question is asked? */
static bool decides(const struct json *property)
{
    return is_choice(property) || is_amount(property) || is_tick(property);
}

/* The list of a condition, or of a group in it; NULL: it is one test. */
static const struct json *list_of(const struct json *when)
{
    const struct json *all = json_get(when, "all");
    return all ? all : json_get(when, "any");
}

/* The tests of a condition, those of groups in it among them, one after the other. */
struct tests {
    const struct json **list;
    size_t count;
};

static size_t count_of(const struct json *when)
{
    const struct json *list = list_of(when);
    size_t count = list ? 0 : when != NULL;
    JSON_EACH(one, list)
    {
        count += count_of(one);
    }
    return count;
}

static void add_tests(struct tests *t, const struct json *when)
{
    const struct json *list = list_of(when);
    if (!list && when) t->list[t->count++] = when;
    JSON_EACH(one, list)
    {
        add_tests(t, one);
    }
}

static struct tests tests_of(struct arena *a, const struct json *when)
{
    struct tests t = {.list = ARENA_ARRAY(a, count_of(when) + 1, const struct json *)};
    add_tests(&t, when);
    return t;
}

static const struct json *test_about(struct arena *a, const struct json *when, struct str field)
{
    const struct tests t = tests_of(a, when);
    for (size_t i = 0; i < t.count; i++)
        if (str_eq(json_text_of(t.list[i], "field"), field)) return t.list[i];
    return NULL;
}

/* The questions that count as one in it; NULL: none do. */
static const struct json *group_of(const struct json *when)
{
    JSON_EACH(one, list_of(when))
    {
        if (list_of(one)) return one;
    }
    return NULL;
}

static bool is_in_group(struct arena *a, const struct json *when, struct str field)
{
    return test_about(a, group_of(when), field) != NULL;
}

static struct json *entry_of(const struct json *holder, struct str name)
{
    return (struct json *)form_when_found(holder, name);
}

bool build_required(const struct place *at)
{
    const struct json *entry = entry_of(at->holder, at->name);
    return json_get(entry, "then") || tree_index(json_get(at->holder, "required"), at->name) != SIZE_MAX;
}

void build_require(struct ctx *c, const struct place *at, bool required)
{
    struct json *list = tree_get(at->holder, "required"), *entry = entry_of(at->holder, at->name);
    if (!json_is(list, JSON_ARRAY)) list = json_set_array(c->arena, at->holder, "required");
    size_t index = tree_index(list, at->name);
    bool listed = required && !entry;
    if (listed && index == SIZE_MAX) json_add(list, json_string(c->arena, at->name));
    if (!listed) tree_take(list, index);
    if (entry)
        json_take_children(entry, form_when_entry(c->arena, tree_get(entry, "if"), at->name, required));
}

void build_show_when(struct ctx *c, const struct place *at, const struct json *when)
{
    struct json *all = tree_get(at->holder, "allOf"), *entry = entry_of(at->holder, at->name), *asked;
    bool required = build_required(at);
    size_t index = 0;
    tree_drop(at->property, STR("x-when"));
    for (struct json *e = entry ? all->first : NULL; e && e != entry; e = e->next)
        index++;
    if (entry) tree_take(all, index);
    asked = when ? form_when_if(c->arena, json_get(at->holder, "properties"), when) : NULL;
    if (when && !asked) json_set(at->property, "x-when", json_copy(c->arena, when));
    if (asked) {
        if (!json_is(all, JSON_ARRAY)) all = json_set_array(c->arena, at->holder, "allOf");
        json_add(all, form_when_entry(c->arena, asked, at->name, required));
    } else if (all && !all->count) {
        tree_drop(at->holder, STR("allOf"));
    }
    build_require(c, at, required);
}

struct str build_asked_by(const struct ctx *c, const struct place *at)
{
    JSON_EACH(p, json_get(at->holder, "properties"))
    {
        if (test_about(c->arena, form_when_of(c->arena, at->holder, p->key), at->name))
            return json_text_of(p, "title");
    }
    return STR_EMPTY;
}

/* Names of properties, wherever a condition has them. */
static void rename_inside(struct json *part, struct str from, struct str to)
{
    struct json *properties = tree_get(part, "properties"), *required = tree_get(part, "required");
    if (json_is(properties, JSON_OBJECT)) tree_rename(properties, from, to);
    for (struct json *r = json_is(required, JSON_ARRAY) ? required->first : NULL; r; r = r->next)
        if (str_eq(json_text(r), from)) r->text = to;
    static const char *const lists[] = {"allOf", "anyOf", "oneOf"}, *const one[] = {"if", "then", "else",
                                                                                    "not"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct json *list = tree_get(part, lists[i]);
        for (struct json *p = json_is(list, JSON_ARRAY) ? list->first : NULL; p; p = p->next)
            rename_inside(p, from, to);
    }
    for (size_t i = 0; i < sizeof one / sizeof one[0]; i++)
        if (json_is(json_get(part, one[i]), JSON_OBJECT)) rename_inside(tree_get(part, one[i]), from, to);
}

static void rename_tests(struct json *when, struct str from, struct str to)
{
    struct json *field = tree_get(when, "field"), *list = (struct json *)list_of(when);
    if (field && str_eq(field->text, from)) field->text = to;
    for (struct json *one = list ? list->first : NULL; one; one = one->next)
        rename_tests(one, from, to);
}

void build_rename_asked(const struct place *at, struct str name)
{
    struct json *properties = tree_get(at->holder, "properties");
    for (struct json *p = properties->first; p; p = p->next)
        if (json_get(p, "x-when")) rename_tests(tree_get(p, "x-when"), at->name, name);
    rename_inside(at->holder, at->name, name);
}

bool build_when_possible(const struct ctx *c, const struct json *holder, struct str name)
{
    const struct tests t = tests_of(c->arena, form_when_of(c->arena, holder, name));
    for (size_t i = 0; i < t.count; i++) {
        const struct json *test = t.list[i],
                          *other = json_get_str(json_get(holder, "properties"), json_text_of(test, "field")),
                          *equals = json_get(test, "equals"), *in = json_get(test, "in");
        if (json_get(test, "situation")) continue;
        if (!other) return false;
        if (!equals && !in && !is_amount(other)) return false;
        if (!is_choice(other)) continue;
        if (equals && tree_index(kind_values(other), json_text(equals)) == SIZE_MAX) return false;
        JSON_EACH(one, in)
        {
            if (tree_index(kind_values(other), json_text(one)) == SIZE_MAX) return false;
        }
    }
    return true;
}

/* ---- in words ---- */

static struct str title_of(const struct ctx *c, const struct json *property)
{
    return forms_name(c, json_text_of(property, "title"), json_text_of(property, "x-en"));
}

static void say_value(struct ctx *c, struct buf *b, const struct json *other, const struct json *value)
{
    const struct json *l = json_get_str(json_get(other, "x-labels"), json_text(value));
    if (json_is(value, JSON_BOOL))
        buf_add(b, ctx_tr(c, value->boolean ? "ticked" : "not ticked"));
    else
        buf_add(b, l ? forms_name(c, json_text(json_at(l, 0)), json_text(json_at(l, 1))) : value->text);
}

/* "= 5", "= 5–9" */
static bool say_range(struct buf *b, struct str title, const struct json *test)
{
    const struct json *low = json_get(test, "minimum"), *high = json_get(test, "maximum");
    if (!low || !high) return false;
    buf_fmt(b, "%.*s = %.*s", STR_ARG(title), STR_ARG(low->text));
    if (!str_eq(low->text, high->text)) buf_fmt(b, "–%.*s", STR_ARG(high->text));
    return true;
}

static void say_test(struct ctx *c, struct buf *b, const struct json *holder, const struct json *test)
{
    static const struct {
        const char *key, *sign;
    } bounds[] = {
        {"minimum", " ≥ "}, {"exclusiveMinimum", " > "}, {"maximum", " ≤ "}, {"exclusiveMaximum", " < "}};
    struct str field = json_text_of(test, "field");
    const struct json *other = json_get_str(json_get(holder, "properties"), field),
                      *equals = json_get(test, "equals");
    struct str title = other ? title_of(c, other) : field.len ? field : json_text_of(test, "situation");
    bool first = true;
    if (say_range(b, title, test)) return;
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        const struct json *bound = json_get(test, bounds[i].key);
        if (!bound) continue;
        buf_fmt(b, "%s%.*s%s%.*s", first ? "" : ", ", STR_ARG(title), bounds[i].sign, STR_ARG(bound->text));
        first = false;
    }
    if (!first) return;
    buf_fmt(b, "%.*s = ", STR_ARG(title));
    if (equals) say_value(c, b, other, equals);
    JSON_EACH(v, json_get(test, "in"))
    {
        if (!first) buf_add_c(b, " / ");
        first = false;
        say_value(c, b, other, v);
    }
}

static void say_when(struct ctx *c, struct buf *b, const struct json *holder, const struct json *when)
{
    const struct json *list = list_of(when);
    bool any = json_get(when, "any") != NULL, first = true;
    if (!list && when) say_test(c, b, holder, when);
    JSON_EACH(one, list)
    {
        bool several = list_of(one) != NULL;
        if (!first) buf_fmt(b, " %.*s ", STR_ARG(ctx_tr(c, any ? "or" : "and")));
        first = false;
        if (several) buf_add_char(b, '(');
        say_when(c, b, holder, one);
        if (several) buf_add_char(b, ')');
    }
}

struct str when_text(struct ctx *c, const struct json *holder, struct str name)
{
    struct buf b = buf_new(c->arena, 64);
    say_when(c, &b, holder, form_when_of(c->arena, holder, name));
    return buf_str(&b);
}

/* ---- to controls ---- */

static struct json *options_last(struct ctx *c, struct json *f)
{
    struct json *o = ((struct json *)json_get(f, "options"))->last;
    json_set(o, "note", json_null(c->arena));
    return o;
}

static bool chosen_now(const struct json *test, struct str value)
{
    const struct json *equals = json_get(test, "equals");
    if (json_is(equals, JSON_BOOL)) return equals->boolean == str_eq_c(value, "true");
    if (equals) return str_eq(json_text(equals), value);
    return tree_index(json_get(test, "in"), value) != SIZE_MAX;
}

static void add_case(struct ctx *c, struct json *f, const struct json *test, const struct json *other,
                     struct str value, struct str label)
{
    struct str one = str_fmt(c->arena, "%.*s=%.*s", STR_ARG(other->key), STR_ARG(value));
    ctx_option(c, f, one, str_fmt(c->arena, "%.*s = %.*s", STR_ARG(title_of(c, other)), STR_ARG(label)));
    json_set_bool(c->arena, options_last(c, f), "checked",
                  c->failed ? tree_index(json_get(c->in, "when"), one) != SIZE_MAX : chosen_now(test, value));
}

/* How a number is compared: what the page calls it, and the bounds it sets. */
static const struct {
    const char *id, *label, *low, *high;
} comparisons[] = {
    {"", "does not matter", NULL, NULL},
    {"least", "is at least", "minimum", NULL},
    {"above", "is more than", "exclusiveMinimum", NULL},
    {"most", "is at most", NULL, "maximum"},
    {"below", "is less than", NULL, "exclusiveMaximum"},
    {"is", "is exactly", "minimum", "maximum"},
    {"between", "is between (both included)", "minimum", "maximum"},
};
enum { COMPARISONS = sizeof comparisons / sizeof comparisons[0] };

static size_t comparison_of(const struct json *test)
{
    if (!test) return 0;
    if (json_get(test, "equals")) return 5;
    const struct json *low = json_get(test, "minimum"), *high = json_get(test, "maximum");
    if (low && high) return str_eq(low->text, high->text) ? 5 : 6;
    for (size_t i = 1; i < 5; i++)
        if (json_get(test, comparisons[i].low ? comparisons[i].low : comparisons[i].high)) return i;
    return 0;
}

/* What the controls of a number show of a test; NULL: nothing. */
struct compared {
    size_t how; /* index of comparisons */
    struct str first, second;
};

static struct compared compared_in(const struct json *test)
{
    struct compared k = {comparison_of(test), STR_EMPTY, STR_EMPTY};
    const struct json *first = json_get(test, "equals"),
                      *second = k.how == 6 ? json_get(test, "maximum") : NULL;
    if (k.how && k.how < 5)
        first = json_get(test, comparisons[k.how].low ? comparisons[k.how].low : comparisons[k.how].high);
    if (!first) first = json_get(test, "minimum");
    if (first) k.first = first->text;
    if (second) k.second = second->text;
    return k;
}

static struct str control_name(struct ctx *c, const struct json *other, const char *part)
{
    return str_fmt(c->arena, "when.%.*s.%s", STR_ARG(other->key), part);
}

static void add_number(struct ctx *c, struct json *numbers, const struct json *test, const struct json *other)
{
    struct arena *a = c->arena;
    struct json *n = json_add_object(a, numbers), *options = json_set_array(a, n, "options");
    struct str how = control_name(c, other, "how"), low = control_name(c, other, "a"),
               high = control_name(c, other, "b");
    const struct compared now = compared_in(test);
    struct str chosen = c->failed ? ctx_param(c, how) : str_c(comparisons[now.how].id);
    json_set_str(a, n, "label", title_of(c, other));
    json_set_bool(a, n, "label_zh", !json_text_of(other, "x-en").len);
    json_set_str(a, n, "how", how);
    json_set_str(a, n, "first", low);
    json_set_str(a, n, "second", high);
    json_set_str(a, n, "low", c->failed ? ctx_param(c, low) : now.first);
    json_set_str(a, n, "high", c->failed ? ctx_param(c, high) : now.second);
    json_set(n, "error", json_null(a));
    for (size_t i = 0; c->failed && i < c->failed->field_count; i++) {
        const struct err_field *e = &c->failed->fields[i];
        if (str_eq_c(low, e->field)) json_set_str(a, n, "error", tr_arg(c->lang, a, e->msgid, str_c(e->arg)));
    }
    for (size_t i = 0; i < COMPARISONS; i++) {
        struct json *o = json_add_object(a, options);
        json_set_c(a, o, "value", comparisons[i].id);
        json_set_str(a, o, "label", ctx_tr(c, comparisons[i].label));
        json_set_bool(a, o, "checked", str_eq_c(chosen, comparisons[i].id));
    }
}

static void add_together(struct ctx *c, struct json *fields, bool any)
{
    struct json *f = forms_control(c, fields, "radios", "when_how", "Where several questions decide",
                                   any ? STR("any") : STR("all"), true, NULL);
    ctx_option(c, f, STR("all"), ctx_tr(c, "All of them must fit"));
    options_last(c, f);
    ctx_option(c, f, STR("any"), ctx_tr(c, "One of them is enough"));
    options_last(c, f);
}

/* A and (B or C): B and C count as one. */
static void add_group(struct ctx *c, struct json *fields, const struct place *at, const struct json *when)
{
    struct json *f =
        forms_control(c, fields, "checkboxes", "when_group", "Questions that count as one", STR_EMPTY, false,
                      "Where all of them must fit, one of these is enough; where one is enough, "
                      "all of these must fit. Each needs its answers or numbers above.");
    json_set_array(c->arena, f, "options");
    JSON_EACH(other, json_get(at->holder, "properties"))
    {
        if (str_eq(other->key, at->name) || !decides(other)) continue;
        ctx_option(c, f, other->key, title_of(c, other));
        json_set_bool(c->arena, options_last(c, f), "checked",
                      c->failed ? tree_index(json_get(c->in, "when_group"), other->key) != SIZE_MAX
                                : is_in_group(c->arena, when, other->key));
    }
}

void when_section(struct ctx *c, struct json *section, const struct place *at)
{
    struct json *fields = tree_get(section, "fields"), *f = NULL, *numbers = json_array(c->arena);
    const struct json *when = form_when_of(c->arena, at->holder, at->name);
    size_t questions = 0;
    JSON_EACH(other, json_get(at->holder, "properties"))
    {
        bool choice = is_choice(other), number = is_amount(other);
        if (str_eq(other->key, at->name) || !decides(other)) continue;
        const struct json *test = test_about(c->arena, when, other->key);
        questions++;
        if (number) {
            add_number(c, numbers, test, other);
            continue;
        }
        if (!f) {
            f = forms_control(c, fields, "checkboxes", "when", "Show it only when", STR_EMPTY, false,
                              "Nothing chosen: always. Several answers of one question: any of them.");
            json_set_array(c->arena, f, "options");
        }
        JSON_EACH(value, choice ? kind_values(other) : NULL)
        {
            const struct json *labels = json_get_str(json_get(other, "x-labels"), json_text(value));
            add_case(c, f, test, other, json_text(value),
                     forms_name(c, json_text(json_at(labels, 0)), json_text(json_at(labels, 1))));
        }
        if (!choice) add_case(c, f, test, other, STR("true"), ctx_tr(c, "ticked"));
    }
    if (numbers->count) json_set(section, "numbers", numbers);
    json_set_bool(c->arena, section, "foreign", when_foreign(c, at));
    if (questions < 2) return;
    f = json_set_array(c->arena, section, "after");
    add_together(c, f, json_get(when, "any") != NULL);
    if (questions > 2) add_group(c, f, at, when);
}

bool when_offers(const struct place *at)
{
    JSON_EACH(other, json_get(at->holder, "properties"))
    {
        if (!str_eq(other->key, at->name) && decides(other)) return true;
    }
    return false;
}

/* ---- and back ---- */

static bool is_shown(const struct place *at, const struct json *test)
{
    const struct json *other = json_get_str(json_get(at->holder, "properties"), json_text_of(test, "field")),
                      *equals = json_get(test, "equals");
    return other && (is_choice(other) || (is_tick(other) && json_true(equals)) ||
                     (is_amount(other) && comparison_of(test) && !json_get(test, "in")));
}

/* One group of two or more, beside other tests and put the other way round than they. */
static bool group_is_shown(const struct json *when)
{
    const struct json *group = group_of(when);
    size_t groups = 0, deeper = 0;
    JSON_EACH(one, list_of(when))
    {
        groups += list_of(one) != NULL;
        deeper += group_of(one) != NULL;
    }
    return !group || (groups == 1 && !deeper && count_of(group) > 1 && list_of(when)->count > 1 &&
                      !json_get(when, "any") != !json_get(group, "any"));
}

/* Has it a condition that these controls cannot show? Such a one stays as it is while they are left alone. */
bool when_foreign(const struct ctx *c, const struct place *at)
{
    const struct json *when = form_when_of(c->arena, at->holder, at->name);
    const struct tests t = tests_of(c->arena, when);
    if (!when && form_when_found(at->holder, at->name)) return true; /* put in other words */
    for (size_t i = 0; i < t.count; i++) {
        struct str field = json_text_of(t.list[i], "field");
        /* They have one place for what is said of a question. */
        if (!is_shown(at, t.list[i]) || test_about(c->arena, when, field) != t.list[i]) return true;
    }
    return !group_is_shown(when);
}

static struct json *read_amount(struct ctx *c, struct str name, struct str place, bool whole)
{
    struct err wrong = {0};
    struct str text = str_trim(ctx_param(c, name));
    struct json *n = text.len && text.len <= 15 ? json_parse(c->arena, text, JSON_STRICT, &wrong) : NULL;
    bool fraction = str_find_char(text, '.') != SIZE_MAX;
    if (json_is(n, JSON_NUMBER) && str_find_char(text, 'e') == SIZE_MAX &&
        str_find_char(text, 'E') == SIZE_MAX && !(whole && fraction))
        return n;
    err_at(c->err, place, whole ? "Please enter a whole number." : "Please enter a number.", STR_EMPTY);
    return NULL;
}

static void read_number(struct ctx *c, struct json *list, const struct json *other)
{
    struct str how = ctx_param(c, control_name(c, other, "how")), first = control_name(c, other, "a");
    size_t i = 0;
    while (i < COMPARISONS && !str_eq_c(how, comparisons[i].id))
        i++;
    if (i == 0 || i == COMPARISONS) return;
    bool whole = strcmp(kind_of(other)->id, "integer") == 0,
         between = strcmp(comparisons[i].id, "between") == 0;
    const struct json *low = read_amount(c, first, first, whole),
                      *high = between ? read_amount(c, control_name(c, other, "b"), first, whole) : low;
    if (!low || !high) return;
    struct json *test = json_add_object(c->arena, list);
    json_set_str(c->arena, test, "field", other->key);
    if (comparisons[i].low) json_set(test, comparisons[i].low, json_copy(c->arena, low));
    if (comparisons[i].high) json_set(test, comparisons[i].high, json_copy(c->arena, high));
    if (between && amount_of(low) > amount_of(high))
        err_at(c->err, first, "The greatest value is below the least.", STR_EMPTY);
}

static void read_answers(struct ctx *c, struct json *list, const struct json *other)
{
    struct json *in = json_array(c->arena);
    JSON_EACH(l, json_get(c->in, "when"))
    {
        struct str one, value = str_cut(l->text, '=', &one);
        if (str_eq(one, other->key)) json_add(in, json_string(c->arena, value));
    }
    if (!in->count) return;
    struct json *test = json_add_object(c->arena, list);
    json_set_str(c->arena, test, "field", other->key);
    if (is_tick(other))
        json_set_bool(c->arena, test, "equals", true);
    else if (in->count == 1)
        json_set_str(c->arena, test, "equals", in->first->text);
    else
        json_set(test, "in", in);
}

static bool answers_left_alone(struct ctx *c, const struct json *other, const struct json *test)
{
    const struct json *posted = json_get(c->in, "when");
    if (is_tick(other))
        return chosen_now(test, STR("true")) ==
               (tree_index(posted, str_fmt(c->arena, "%.*s=true", STR_ARG(other->key))) != SIZE_MAX);
    JSON_EACH(value, kind_values(other))
    {
        struct str one = str_fmt(c->arena, "%.*s=%.*s", STR_ARG(other->key), STR_ARG(json_text(value)));
        if (chosen_now(test, json_text(value)) != (tree_index(posted, one) != SIZE_MAX)) return false;
    }
    return true;
}

static bool number_left_alone(struct ctx *c, const struct json *other, const struct json *test)
{
    const struct compared shown = compared_in(test);
    return str_eq_c(ctx_param(c, control_name(c, other, "how")), comparisons[shown.how].id) &&
           str_eq(ctx_param(c, control_name(c, other, "a")), shown.first) &&
           str_eq(ctx_param(c, control_name(c, other, "b")), shown.second);
}

/* Do the controls say what they showed? */
static bool left_alone(struct ctx *c, const struct place *at)
{
    const struct json *when = form_when_of(c->arena, at->holder, at->name);
    struct str how = in_text(c, "when_how");
    if (how.len && str_eq_c(how, "any") != (json_get(when, "any") != NULL)) return false;
    JSON_EACH(other, json_get(at->holder, "properties"))
    {
        const struct json *test = test_about(c->arena, when, other->key);
        if (str_eq(other->key, at->name)) continue;
        if (!decides(other)) continue;
        if (is_amount(other) ? !number_left_alone(c, other, test) : !answers_left_alone(c, other, test))
            return false;
        if (is_in_group(c->arena, when, other->key) !=
            (tree_index(json_get(c->in, "when_group"), other->key) != SIZE_MAX))
            return false;
    }
    return true;
}

/* Those that count as one, in the place of the first of them. */
static const struct json *grouped(struct ctx *c, const struct json *list, bool any)
{
    struct json *when = json_object(c->arena), *own = json_object(c->arena), *inner = NULL,
                *outer = json_set_array(c->arena, when, any ? "any" : "all"),
                *together = json_set_array(c->arena, own, any ? "all" : "any");
    JSON_EACH(test, list)
    {
        bool with = tree_index(json_get(c->in, "when_group"), json_text_of(test, "field")) != SIZE_MAX;
        if (with && !inner) inner = json_add_object(c->arena, outer);
        json_add(with ? together : outer, json_copy(c->arena, test));
    }
    if (together->count < 2) return NULL;
    if (outer->count == 1) return own;
    json_take_children(inner, own);
    return when;
}

void when_read(struct ctx *c, const struct place *at)
{
    if (when_foreign(c, at) && left_alone(c, at)) return;
    bool any = str_eq_c(in_text(c, "when_how"), "any");
    struct json *when = json_object(c->arena), *list = json_set_array(c->arena, when, any ? "any" : "all");
    JSON_EACH(other, json_get(at->holder, "properties"))
    {
        if (str_eq(other->key, at->name)) continue;
        if (is_amount(other))
            read_number(c, list, other);
        else if (decides(other))
            read_answers(c, list, other);
    }
    const struct json *with_group = grouped(c, list, any);
    build_show_when(c, at, with_group ? with_group : list->count > 1 ? when : list->first);
}
