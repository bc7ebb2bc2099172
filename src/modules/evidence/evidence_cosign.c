/* Cosignatures of witnesses: what they send, and the heads that carry them.
 *
 * Whose key counts is said by the module that knows the other installations. A head that another one has
 * signed stays, whatever the log does since: /log/cosigned. */
#include "modules/evidence/evidence_log.h"

#include "core/http/server.h"

/* The line of that key among the signature lines, with its end. */
static struct str line_of(struct arena *a, struct str lines, const struct merkle_key *k)
{
    struct str start = str_fmt(a, "\xe2\x80\x94 %.*s ", STR_ARG(k->name)), line;
    while (lines.len) {
        lines = str_cut(lines, '\n', &line);
        if (str_starts(line, start)) return str_cat(a, line, STR("\n"));
    }
    return STR_EMPTY;
}

static bool of_this_log(struct ctx *c, const struct merkle_checkpoint *head)
{
    struct evidence_log log;
    if (!log_store_find(c, &log)) return false;
    struct merkle_key own = evidence_log_key(c, log.found ? log.origin : STR("none"));
    return (log.found && head->size <= log.signed_size && merkle_signed(c->arena, head, &own)) ||
           err_denied(c->err, "log.other_head", "This is no head that this log has signed.");
}

bool evidence_cosign(struct ctx *c, struct str note)
{
    struct merkle_checkpoint head;
    struct str keys, one;
    uint64_t seconds;
    if (!merkle_checkpoint_parse(c->arena, note, &head, c->err) || !of_this_log(c, &head) ||
        !evidence_witnesses(c, &keys))
        return false;
    struct evidence_log log;
    if (!log_store_find(c, &log)) return false;
    struct merkle_key own = evidence_log_key(c, log.origin), k;
    while (keys.len) {
        struct err wrong = {0};
        keys = str_cut(keys, '\n', &one);
        if (!merkle_key_parse(c->arena, one, &k, &wrong) || !merkle_cosigned(c->arena, &head, &k, &seconds))
            continue;
        const struct evidence_cosigned s = {.witness = k.name,
                                            .text = head.text,
                                            .signatures = line_of(c->arena, head.signatures, &own),
                                            .line = line_of(c->arena, head.signatures, &k),
                                            .size = head.size};
        return cosign_store_put(c, &s);
    }
    return err_denied(c->err, "log.witness", "No witness that this log knows has signed this head.");
}

/* Those of the witnesses that signed that very head, behind what is there. */
static struct str lines_of(struct ctx *c, struct str lines, struct str text,
                           const struct evidence_cosigned *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].text, text)) lines = str_cat(c->arena, lines, rows[i].line);
    return lines;
}

bool evidence_with_cosignatures(struct ctx *c, struct str *note)
{
    struct merkle_checkpoint head;
    struct evidence_cosigned *rows;
    size_t count;
    if (!merkle_checkpoint_parse(c->arena, *note, &head, c->err) || !cosign_store_all(c, &rows, &count))
        return false;
    *note = merkle_note(c->arena, head.text, lines_of(c, head.signatures, head.text, rows, count));
    return true;
}

bool evidence_newest_cosigned(struct ctx *c, struct str *note)
{
    struct evidence_cosigned *rows;
    size_t count;
    if (!cosign_store_all(c, &rows, &count)) return false;
    if (!count) return err_missing(c->err, "log.uncosigned", "No witness has signed a head of this log yet.");
    *note = merkle_note(c->arena, rows[0].text, lines_of(c, rows[0].signatures, rows[0].text, rows, count));
    return true;
}
