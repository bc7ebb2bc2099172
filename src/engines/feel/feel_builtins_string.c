/* Functions over strings (DMN 1.5, 10.3.4.3). Positions and lengths count code points. */
#include "core/base/buf.h"
#include "engines/feel/feel_case.h"
#include "engines/feel/feel_node.h"
#include "engines/feel/feel_regex.h"

static struct feel_value wrong(struct feel_call *c)
{
    return feel_fail(c->run, c->at, "A parameter is not of the kind that the function takes.", STR_EMPTY);
}

static bool are_strings(const struct feel_call *c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c->args[i].kind != FEEL_STRING) return false;
    return true;
}

static struct feel_value fn_string(struct feel_call *c)
{
    struct str text;
    if (c->args[0].kind == FEEL_NULL) return FEEL_NOTHING;
    return feel_text_whole(c->run->arena, c->args[0], &text) ? feel_string(text)
                                                             : feel_too_deep(c->run, c->at);
}

static struct feel_value fn_string_length(struct feel_call *c)
{
    return are_strings(c, 1) ? feel_integer((int64_t)utf8_count(c->args[0].string)) : wrong(c);
}

/* Whole numbers; a fraction is cut off. */
static bool whole(struct feel_value v, int64_t *out)
{
    struct decimal cut;
    return v.kind == FEEL_NUMBER && decimal_round(v.number, 0, DECIMAL_DOWN, &cut) &&
           decimal_to_i64(cut, out);
}

static struct feel_value fn_substring(struct feel_call *c)
{
    int64_t start, length = INT64_MAX, total;
    if (!are_strings(c, 1) || !whole(c->args[1], &start)) return wrong(c);
    if (c->args[2].kind != FEEL_NULL && !whole(c->args[2], &length)) return wrong(c);
    struct str s = c->args[0].string;
    total = (int64_t)utf8_count(s);
    if (start < 0) start += total + 1;
    if (start < 1 || start > total || length < 1)
        return feel_fail(c->run, c->at, "The string has no such part.", STR_EMPTY);
    struct str before = utf8_head(s, (size_t)start - 1), rest = str_slice(s, before.len, s.len);
    return feel_string(length > total ? rest : utf8_head(rest, (size_t)length));
}

static struct feel_value fn_upper_case(struct feel_call *c)
{
    return are_strings(c, 1) ? feel_string(feel_upper(c->run->arena, c->args[0].string)) : wrong(c);
}

static struct feel_value fn_lower_case(struct feel_call *c)
{
    return are_strings(c, 1) ? feel_string(feel_lower(c->run->arena, c->args[0].string)) : wrong(c);
}

static struct feel_value fn_substring_before(struct feel_call *c)
{
    if (!are_strings(c, 2)) return wrong(c);
    size_t at = str_find(c->args[0].string, c->args[1].string);
    return feel_string(at == SIZE_MAX ? STR_EMPTY : str_slice(c->args[0].string, 0, at));
}

static struct feel_value fn_substring_after(struct feel_call *c)
{
    if (!are_strings(c, 2)) return wrong(c);
    size_t at = str_find(c->args[0].string, c->args[1].string);
    return feel_string(at == SIZE_MAX
                           ? STR_EMPTY
                           : str_slice(c->args[0].string, at + c->args[1].string.len, c->args[0].string.len));
}

static struct feel_value fn_contains(struct feel_call *c)
{
    return are_strings(c, 2) ? feel_boolean(str_find(c->args[0].string, c->args[1].string) != SIZE_MAX)
                             : wrong(c);
}

static struct feel_value fn_starts_with(struct feel_call *c)
{
    return are_strings(c, 2) ? feel_boolean(str_starts(c->args[0].string, c->args[1].string)) : wrong(c);
}

static struct feel_value fn_ends_with(struct feel_call *c)
{
    return are_strings(c, 2) ? feel_boolean(str_ends(c->args[0].string, c->args[1].string)) : wrong(c);
}

static bool flags_of(struct feel_value v, struct str *out)
{
    *out = v.kind == FEEL_STRING ? v.string : STR_EMPTY;
    return v.kind == FEEL_STRING || v.kind == FEEL_NULL;
}

static struct feel_value fn_matches(struct feel_call *c)
{
    struct str flags;
    const char *msgid;
    bool out;
    if (!are_strings(c, 2) || !flags_of(c->args[2], &flags)) return wrong(c);
    if (!feel_regex_matches(c->run->arena, c->args[0].string, c->args[1].string, flags, &out, &msgid))
        return feel_fail(c->run, c->at, msgid, c->args[1].string);
    return feel_boolean(out);
}

static struct feel_value fn_replace(struct feel_call *c)
{
    struct str flags, out;
    const char *msgid;
    if (!are_strings(c, 3) || !flags_of(c->args[3], &flags)) return wrong(c);
    if (!feel_regex_replace(c->run->arena, c->args[0].string, c->args[1].string, c->args[2].string, flags,
                            &out, &msgid))
        return feel_fail(c->run, c->at, msgid, c->args[1].string);
    return feel_string(out);
}

static struct feel_value fn_split(struct feel_call *c)
{
    struct str *pieces;
    size_t count;
    const char *msgid;
    if (!are_strings(c, 2)) return wrong(c);
    if (!feel_regex_split(c->run->arena, c->args[0].string, c->args[1].string, &pieces, &count, &msgid))
        return feel_fail(c->run, c->at, msgid, c->args[1].string);
    struct feel_value *items, list = feel_list(c->run->arena, count, &items);
    for (size_t i = 0; i < count; i++)
        items[i] = feel_string(pieces[i]);
    return list;
}

static struct feel_value fn_string_join(struct feel_call *c)
{
    struct feel_value list = feel_list_of(c->run->arena, c->args[0]), delimiter = c->args[1];
    struct buf out = buf_new(c->run->arena, 64);
    bool first = true;
    if (c->args[0].kind == FEEL_NULL || (delimiter.kind != FEEL_NULL && delimiter.kind != FEEL_STRING))
        return wrong(c);
    for (size_t i = 0; i < list.list->count; i++) {
        struct feel_value v = list.list->items[i];
        if (v.kind == FEEL_NULL) continue;
        if (v.kind != FEEL_STRING) return wrong(c);
        if (!first && delimiter.kind == FEEL_STRING) buf_add(&out, delimiter.string);
        buf_add(&out, v.string);
        first = false;
    }
    return feel_string(buf_str(&out));
}

const struct feel_builtin feel_builtins_string[] = {
    {"string", "[from", fn_string},
    {"string length", "string", fn_string_length},
    {"substring", "string,start position,length?", fn_substring},
    {"upper case", "string", fn_upper_case},
    {"lower case", "string", fn_lower_case},
    {"substring before", "string,match", fn_substring_before},
    {"substring after", "string,match", fn_substring_after},
    {"contains", "string,match", fn_contains},
    {"starts with", "string,match", fn_starts_with},
    {"ends with", "string,match", fn_ends_with},
    {"matches", "input,pattern,flags?", fn_matches},
    {"replace", "input,pattern,replacement,flags?", fn_replace},
    {"split", "string,delimiter", fn_split},
    {"string join", "[list,delimiter?", fn_string_join},
    {0},
};
