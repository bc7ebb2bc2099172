/* Units, scopes, notes: what surrounds compiling. */
#include "core/base/buf.h"
#include "engines/feel/feel_lex.h"
#include "engines/feel/feel_node.h"

void feel_note(struct arena *a, struct feel_notes *notes, enum feel_severity severity, struct str where,
               int line, int column, const char *msgid, struct str arg)
{
    notes->count++;
    notes->errors += severity == FEEL_ERROR;
    if (notes->count > FEEL_NOTES_MAX) return;
    struct feel_note *n = ARENA_NEW(a, struct feel_note);
    *n = (struct feel_note){
        .severity = severity, .where = where, .line = line, .column = column, .msgid = msgid, .arg = arg};
    if (notes->last)
        notes->last->next = n;
    else
        notes->first = n;
    notes->last = n;
}

struct feel_unit *feel_unit_new(struct arena *a, struct feel_notes *notes)
{
    struct feel_unit *u = ARENA_NEW(a, struct feel_unit);
    u->arena = a;
    u->notes = notes;
    return u;
}

void feel_unit_at(struct feel_unit *u, struct str where)
{
    u->where = where;
}

static bool has(const struct feel_name *list, struct str name)
{
    for (; list; list = list->next)
        if (str_eq(list->name, name)) return true;
    return false;
}

/* Every one is looked for wherever a name may stand: beyond this the model is no model. */
enum { KNOWN_MAX = 4000 };

void feel_unit_knows(struct feel_unit *u, struct str name)
{
    struct str folded = feel_lex_fold(u->arena, name);
    bool simple = true; /* one word is found without being known */
    for (size_t i = 0; i < folded.len; i++)
        simple = simple && feel_lex_is_part(folded, i);
    if (simple || u->known_count > KNOWN_MAX || has(u->known, folded)) return;
    if (u->known_count++ == KNOWN_MAX) {
        feel_note(u->arena, u->notes, FEEL_ERROR, u->where, 0, 0,
                  "The model has too many names of several words.", STR_EMPTY);
        return;
    }
    struct feel_name *n = ARENA_NEW(u->arena, struct feel_name);
    *n = (struct feel_name){.name = folded, .next = u->known};
    u->known = n;
}

void feel_unit_type(struct feel_unit *u, const struct feel_type *t)
{
    struct feel_name *n = ARENA_NEW(u->arena, struct feel_name);
    *n = (struct feel_name){.name = feel_lex_fold(u->arena, t->name), .type = t, .next = u->types};
    u->types = n;
}

struct feel_scope *feel_scope_new(struct feel_unit *u, struct feel_scope *outer)
{
    struct feel_scope *s = ARENA_NEW(u->arena, struct feel_scope);
    s->unit = u;
    s->outer = outer;
    return s;
}

struct feel_scope *feel_filter_scope(struct feel_unit *u, struct feel_scope *outer)
{
    struct feel_scope *s = feel_scope_new(u, outer);
    s->kind = FEEL_SCOPE_FILTER;
    feel_scope_add(s, STR("item"), NULL);
    return s;
}

size_t feel_scope_add(struct feel_scope *s, struct str name, const struct feel_type *type)
{
    if (s->count == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 4;
        struct feel_field *names = ARENA_ARRAY(s->unit->arena, cap, struct feel_field);
        if (s->count) memcpy(names, s->names, s->count * sizeof *names);
        s->names = names;
        s->cap = cap;
    }
    s->names[s->count] = (struct feel_field){feel_lex_fold(s->unit->arena, name), type};
    return s->count++;
}

size_t feel_scope_size(const struct feel_scope *s)
{
    return s->count;
}

struct feel_node *feel_node_new(struct feel_unit *u, enum feel_op op)
{
    struct feel_node *n = ARENA_NEW(u->arena, struct feel_node);
    n->op = op;
    n->where = u->where;
    return n;
}

bool feel_is_broken(const struct feel_node *n)
{
    return n->op == FEEL_OP_BROKEN;
}
