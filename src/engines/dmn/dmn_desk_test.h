/* What tests of the DMN engine begin with: a desk on which one model lies. In models and JSON of tests `
 * stands for ". */
#ifndef TB_DMN_DESK_TEST_H
#define TB_DMN_DESK_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engines/dmn/dmn.h"

struct desk {
    struct arena *arena;
    struct feel_notes notes;
    struct err err;
    const struct dmn_model *model;
    struct feel_run run;
    struct dmn_result last;
};

static inline int open_desk(void **state)
{
    struct desk *d = test_calloc(1, sizeof *d);
    d->arena = arena_new(64 << 20);
    d->run = feel_run_new(d->arena, INT64_C(1764412800000));
    *state = d;
    return 0;
}

static inline int close_desk(void **state)
{
    struct desk *d = *state;
    arena_drop(d->arena);
    test_free(d);
    return 0;
}

static inline struct str quoted(struct arena *a, const char *text)
{
    char *copy = arena_alloc(a, strlen(text) + 1);
    for (size_t i = 0; text[i]; i++)
        copy[i] = text[i] == '`' ? '"' : text[i];
    return str_c(copy);
}

static inline struct str document(struct arena *a, const char *name, const char *body)
{
    return str_fmt(a,
                   "<?xml version='1.0' encoding='UTF-8'?>"
                   "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:%s' "
                   "name='%s'>%.*s</definitions>",
                   name, name, STR_ARG(quoted(a, body)));
}

static inline const struct dmn_model *try_load(struct desk *d, struct str xml)
{
    struct dmn_source source = {STR("model.dmn"), xml};
    d->err = (struct err){0};
    d->notes = (struct feel_notes){0};
    return d->model = dmn_load(d->arena, &source, 1, &d->notes, &d->err);
}

static inline void load(struct desk *d, const char *body)
{
    if (!try_load(d, document(d->arena, "m", body))) print_error("%s %s\n", d->err.msgid, d->err.arg);
    assert_non_null(d->model);
}

static inline const struct feel_context *given(struct desk *d, const char *json)
{
    struct err e = {0};
    const struct json *j = json_parse(d->arena, quoted(d->arena, json), JSON_STRICT, &e);
    assert_non_null(j);
    return dmn_inputs(&d->run, d->model, j);
}

static inline void assert_text(struct desk *d, struct feel_value v, const char *expected)
{
    struct str text = feel_literal(d->arena, v), wanted = quoted(d->arena, expected);
    if (!str_eq(text, wanted)) {
        const struct feel_note *n = d->run.notes.first ? d->run.notes.first : d->notes.first;
        print_error("expected %.*s, got %.*s (%s %.*s)\n", STR_ARG(wanted), STR_ARG(text),
                    n ? n->msgid : "no note", n ? (int)n->arg.len : 0, n ? n->arg.ptr : "");
    }
    assert_true(str_eq(text, wanted));
}

static inline void decides(struct desk *d, const char *decision, const char *json, const char *expected)
{
    const struct dmn_element *e = dmn_find(d->model, DMN_DECISION, str_c(decision));
    assert_non_null(e);
    d->run.notes = (struct feel_notes){0};
    d->last = dmn_evaluate(&d->run, d->model, e, given(d, json));
    assert_text(d, d->last.value, expected);
}

static inline void says(const struct feel_notes *notes, const char *msgid)
{
    for (const struct feel_note *n = notes->first; n; n = n->next)
        if (strcmp(n->msgid, msgid) == 0) return;
    print_error("no note: %s\n", msgid);
    fail();
}

#define LITERAL(text)         "<literalExpression><text>" text "</text></literalExpression>"
#define DECISION(name, logic) "<decision name='" name "' id='" name "'>" logic "</decision>"
#define INPUT(name, type)                                                                                    \
    "<inputData name='" name "' id='" name "'><variable name='" name "' typeRef='" type "'/></inputData>"
#define NEEDS(name) "<informationRequirement><requiredInput href='#" name "'/></informationRequirement>"
#define NEEDS_DECISION(name)                                                                                 \
    "<informationRequirement><requiredDecision href='#" name "'/></informationRequirement>"
#define NEEDS_KNOWLEDGE(name)                                                                                \
    "<knowledgeRequirement><requiredKnowledge href='#" name "'/></knowledgeRequirement>"

#endif
