#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "testing/process.h"

struct process *process_try(const char *before, const char *body)
{
    struct arena *a = arena_new(64 << 20);
    struct process *p = ARENA_NEW(a, struct process);
    struct str xml =
        str_fmt(a,
                "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
                "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                "xmlns:t=\"urn:test\">%s<process id=\"p\" isExecutable=\"true\">%s</process></definitions>",
                before, body);

    p->arena = a;
    p->findings = ARENA_NEW(a, struct bpmn_findings);
    p->state = bpmn_new();
    p->b = bpmn_load(a, xml, NULL, p->findings, &p->e);
    return p;
}

struct process *process_of(const char *before, const char *body)
{
    struct process *p = process_try(before, body);

    if (!p->b) fail_msg("%s %s", p->e.msgid, p->findings->count ? p->findings->list[0].rule : "");
    return p;
}

void process_free(struct process *p)
{
    arena_drop(p->arena);
}

bool process_found(const struct process *p, const char *rule)
{
    for (size_t i = 0; i < p->findings->count; i++)
        if (strcmp(p->findings->list[i].rule, rule) == 0) return true;
    return false;
}

static struct str written(struct process *p, const struct bpmn_state *s)
{
    return json_to_str(p->arena, bpmn_state_write(p->arena, p->b, s));
}

/* Taken from the state as it is and from its copy through JSON. */
static bool step(struct process *p, const struct bpmn_event *event)
{
    struct str before = written(p, &p->state);
    struct bpmn_state again = bpmn_new(), next = bpmn_new(), other = bpmn_new();
    struct bpmn_commands commands = {0}, same = {0};
    struct err e = {0};
    bool ok;

    err_clear(&p->e);
    if (p->state.status != BPMN_NEW &&
        !bpmn_state_read(p->arena, p->b, json_parse(p->arena, before, JSON_STRICT, &e), &again, &e))
        fail_msg("cannot be read: %s %s", e.detail, before.ptr);
    assert_string_equal(before.ptr, written(p, &again).ptr);
    ok = bpmn_step(p->arena, p->b, &p->state, event, &next, &commands, &p->e);
    assert_string_equal(before.ptr, written(p, &p->state).ptr);
    assert_int_equal(ok, bpmn_step(p->arena, p->b, &again, event, &other, &same, &e));
    if (!ok) return false;
    assert_string_equal(written(p, &next).ptr, written(p, &other).ptr);
    assert_int_equal(commands.count, same.count);
    p->state = next;
    p->commands = commands;
    return true;
}

struct bpmn_event process_event(struct process *p, enum bpmn_event_kind kind, const char *node)
{
    return (struct bpmn_event){.kind = kind,
                               .now = p->now,
                               .node = node ? bpmn_node(p->b, str_c(node)) : -1,
                               .name = STR_EMPTY,
                               .who = str_c(p->who),
                               .to = STR_EMPTY};
}

void process_do(struct process *p, struct bpmn_event event)
{
    if (!step(p, &event)) fail_msg("%s: %s (%s)", bpmn_event_name(event.kind), p->e.msgid, p->e.arg);
}

void process_not(struct process *p, struct bpmn_event event, const char *code)
{
    if (step(p, &event)) fail_msg("%s went through", bpmn_event_name(event.kind));
    assert_string_equal(p->e.code, code);
}

static const struct json *object(struct process *p, const char *text)
{
    const struct json *j = text ? json_parse(p->arena, str_c(text), JSON_STRICT, &p->e) : NULL;

    if (text && !j) fail_msg("no JSON: %s", text);
    return j;
}

void process_start(struct process *p, const char *variables)
{
    struct bpmn_event event = process_event(p, BPMN_START, "p");

    event.variables = object(p, variables);
    process_do(p, event);
}

static bool waits(const struct bpmn_token *t)
{
    return t->phase == BPMN_WAITING || t->phase == BPMN_ARMED || t->phase == BPMN_CALLING;
}

int64_t process_token(struct process *p, const char *node, int n)
{
    int at = bpmn_node(p->b, str_c(node));

    for (size_t i = 0; i < p->state.count; i++)
        if (p->state.tokens[i].node == at && waits(&p->state.tokens[i]) && n-- == 0)
            return p->state.tokens[i].id;
    fail_msg("nothing waits in %s, but in: %s", node, process_waiting(p));
    return 0;
}

void process_finish(struct process *p, const char *node, const char *results)
{
    struct bpmn_event event = process_event(p, BPMN_FINISH, NULL);

    event.token = process_token(p, node, 0);
    event.variables = object(p, results);
    process_do(p, event);
}

void process_timer(struct process *p, const char *node)
{
    struct bpmn_event event = process_event(p, BPMN_TIMER, NULL);

    event.token = process_token(p, node, 0);
    process_do(p, event);
}

void process_message(struct process *p, const char *id, const char *variables)
{
    struct bpmn_event event = process_event(p, BPMN_MESSAGE, NULL);

    event.name = str_c(id);
    event.variables = object(p, variables);
    process_do(p, event);
}

const char *process_waiting(struct process *p)
{
    struct buf b = buf_new(p->arena, 64);

    for (size_t i = 0; i < p->state.count; i++) {
        const struct bpmn_token *t = &p->state.tokens[i];

        if (t->phase != BPMN_WAITING && t->phase != BPMN_GATHERING && t->phase != BPMN_CALLING &&
            t->phase != BPMN_CHOOSING)
            continue;
        if (b.len) buf_add_char(&b, ' ');
        buf_add(&b, bpmn_node_id(p->b, t->node));
    }
    return b.ptr;
}

const char *process_status(struct process *p)
{
    return bpmn_status_name(p->state.status);
}

const char *process_get(struct process *p, const char *name)
{
    const struct json *v = bpmn_get(&p->state, 0, str_c(name));

    return v ? json_to_str(p->arena, v).ptr : "";
}

const char *process_commands(struct process *p)
{
    struct buf b = buf_new(p->arena, 64);

    for (size_t i = 0; i < p->commands.count; i++) {
        const struct bpmn_command *c = &p->commands.list[i];

        if (b.len) buf_add_char(&b, ' ');
        buf_add_c(&b, bpmn_command_name(c->kind));
        if (c->node >= 0) {
            buf_add_char(&b, ':');
            buf_add(&b, bpmn_node_id(p->b, c->node));
        }
    }
    return b.ptr;
}
