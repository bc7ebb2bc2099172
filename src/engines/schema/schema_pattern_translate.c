/* ECMA-262 regular expressions with the flag u, read by their grammar (§22.2.1) and written for PCRE2, so
 * that nothing means something else there. Beyond the grammar, a backslash before any ASCII sign stands for
 * the sign, since schemas in use have it. Lone surrogates are refused: no UTF-8 text holds one. */
#include "engines/schema/schema_internal.h"

enum { GROUPS_MAX = 250, NESTING_MAX = 100, UNICODE_MAX = 0x10FFFF, REPEAT_MAX = 65535 };

struct reader {
    struct arena *arena;
    struct str in;
    size_t at;
    struct buf out;
    struct str names[GROUPS_MAX]; /* "" for a group without name */
    unsigned groups;              /* in the whole expression */
    unsigned depth;
};

#define SPACES                                                                                               \
    "\\x09-\\x0d\\x20\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{"   \
    "feff}"
#define NO_SPACES                                                                                            \
    "\\x00-\\x08\\x0e-\\x1f\\x21-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"             \
    "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

static bool at_end(const struct reader *r)
{
    return r->at >= r->in.len;
}

static char peek(const struct reader *r, size_t ahead)
{
    return r->in.len - r->at > ahead ? r->in.ptr[r->at + ahead] : '\0';
}

static bool take(struct reader *r, char c)
{
    if (at_end(r) || r->in.ptr[r->at] != c) return false;
    r->at++;
    return true;
}

static bool take_text(struct reader *r, const char *text)
{
    if (!str_starts(str_slice(r->in, r->at, r->in.len), str_c(text))) return false;
    r->at += strlen(text);
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void write_point(struct reader *r, uint32_t point)
{
    char utf8[4];
    if (point >= 0x80 || is_digit((char)point) || is_letter((char)point))
        buf_add(&r->out, str_n(utf8, utf8_put(utf8, point)));
    else
        buf_fmt(&r->out, "\\x%02x", (unsigned)point);
}

/* ---- escapes ---- */

static bool hex(struct reader *r, unsigned least, unsigned most, uint32_t *out)
{
    unsigned n = 0;
    *out = 0;
    for (; n < most && *out <= UNICODE_MAX; n++) {
        char c = peek(r, 0), low = (char)(c | 0x20);
        if (!is_digit(c) && !(low >= 'a' && low <= 'f')) break;
        *out = *out * 16 + (uint32_t)(is_digit(c) ? c - '0' : low - 'a' + 10);
        r->at++;
    }
    return n >= least && *out <= UNICODE_MAX;
}

/* Behind "\u". Two halves of a surrogate pair are one character. */
static bool unicode_escape(struct reader *r, uint32_t *out)
{
    uint32_t low;
    if (take(r, '{')) return hex(r, 1, 100, out) && take(r, '}') && (*out < 0xD800 || *out > 0xDFFF);
    if (!hex(r, 4, 4, out)) return false;
    if (*out < 0xD800 || *out > 0xDFFF) return true;
    if (*out > 0xDBFF || !take_text(r, "\\u") || !hex(r, 4, 4, &low) || low < 0xDC00 || low > 0xDFFF)
        return false;
    *out = 0x10000 + ((*out - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

/* Behind the backslash, where one character is meant. */
static bool character_escape(struct reader *r, uint32_t *out)
{
    static const char controls[] = "tnvfr";
    static const uint32_t meant[] = {'\t', '\n', 0x0B, '\f', '\r'};
    char c = peek(r, 0);
    const char *control = c ? strchr(controls, c) : NULL;
    r->at++;
    if (control) {
        *out = meant[control - controls];
        return true;
    }
    switch (c) {
    case 'c':
        *out = (uint32_t)(peek(r, 0) & 0x1F);
        return is_letter(peek(r, 0)) && take(r, peek(r, 0));
    case '0':
        *out = 0;
        return !is_digit(peek(r, 0));
    case 'x':
        return hex(r, 2, 2, out);
    case 'u':
        return unicode_escape(r, out);
    default:
        *out = (unsigned char)c;
        return c > ' ' && c <= '~' && !is_digit(c) && !is_letter(c);
    }
}

/* ---- properties (ECMA-262 tables 67 to 70) ---- */

/* PCRE2 knows general categories by their short names only. */
static const char long_categories[] =
    " Other=C Control=Cc cntrl=Cc Format=Cf Unassigned=Cn Private_Use=Co Letter=L Cased_Letter=L& "
    "LC=L& Lowercase_Letter=Ll Modifier_Letter=Lm Other_Letter=Lo Titlecase_Letter=Lt "
    "Uppercase_Letter=Lu Mark=M Combining_Mark=M Spacing_Mark=Mc Enclosing_Mark=Me "
    "Nonspacing_Mark=Mn Number=N Decimal_Number=Nd digit=Nd Letter_Number=Nl Other_Number=No "
    "Punctuation=P punct=P Connector_Punctuation=Pc Dash_Punctuation=Pd Close_Punctuation=Pe "
    "Final_Punctuation=Pf Initial_Punctuation=Pi Other_Punctuation=Po Open_Punctuation=Ps Symbol=S "
    "Currency_Symbol=Sc Modifier_Symbol=Sk Math_Symbol=Sm Other_Symbol=So Separator=Z "
    "Line_Separator=Zl Paragraph_Separator=Zp Space_Separator=Zs ";
static const char short_categories[] =
    " C Cc Cf Cn Co L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs ";
static const char binary_properties[] =
    " ASCII ASCII_Hex_Digit Alphabetic Any Bidi_Control Bidi_Mirrored Case_Ignorable Cased "
    "Changes_When_Casefolded "
    "Changes_When_Casemapped Changes_When_Lowercased Changes_When_Titlecased Changes_When_Uppercased Dash "
    "Default_Ignorable_Code_Point Deprecated Diacritic Emoji Emoji_Component Emoji_Modifier "
    "Emoji_Modifier_Base "
    "Emoji_Presentation Extended_Pictographic Extender Grapheme_Base Grapheme_Extend Hex_Digit "
    "IDS_Binary_Operator IDS_Trinary_Operator ID_Continue ID_Start Ideographic Join_Control "
    "Logical_Order_Exception Lowercase Math Noncharacter_Code_Point Pattern_Syntax Pattern_White_Space "
    "Quotation_Mark Radical Regional_Indicator Sentence_Terminal Soft_Dotted Terminal_Punctuation "
    "Unified_Ideograph Uppercase Variation_Selector White_Space XID_Continue XID_Start ";

static bool listed(struct reader *r, const char *list, struct str name)
{
    return name.len && str_find(str_c(list), str_fmt(r->arena, " %.*s ", STR_ARG(name))) != SIZE_MAX;
}

static bool category(struct reader *r, struct str name, struct str *out)
{
    *out = name;
    if (listed(r, short_categories, name)) return true;
    struct str all = str_c(long_categories), key = str_fmt(r->arena, " %.*s=", STR_ARG(name));
    size_t at = name.len ? str_find(all, key) : SIZE_MAX;
    if (at == SIZE_MAX) return false;
    str_cut(str_slice(all, at + key.len, all.len), ' ', out);
    return true;
}

/* Behind "\p" or "\P". */
static bool property(struct reader *r, bool negated)
{
    if (!take(r, '{')) return false;
    size_t from = r->at;
    while (is_letter(peek(r, 0)) || is_digit(peek(r, 0)) || peek(r, 0) == '_' || peek(r, 0) == '=')
        r->at++;
    struct str name = str_slice(r->in, from, r->at), key, value, meant;
    if (!take(r, '}')) return false;
    value = str_cut(name, '=', &key);
    const char *prefix = "";
    if (key.len < name.len) {
        bool script = str_eq_c(key, "Script") || str_eq_c(key, "sc");               /* no translation */
        bool extended = str_eq_c(key, "Script_Extensions") || str_eq_c(key, "scx"); /* no translation */
        meant = value;
        if (script || extended)
            prefix = script ? "sc:" : "scx:";
        else if (!str_eq_c(key, "General_Category") && !str_eq_c(key, "gc")) /* no translation */
            return false;
        else if (!category(r, value, &meant))
            return false;
        if (!value.len || str_find_char(value, '=') != SIZE_MAX) return false;
    } else if (str_eq_c(name, "Assigned")) { /* no translation */
        meant = STR("Cn");
        negated = !negated;
    } else if (!category(r, name, &meant) && !listed(r, binary_properties, name)) {
        return false;
    }
    buf_fmt(&r->out, "\\%c{%s%.*s}", negated ? 'P' : 'p', prefix, STR_ARG(meant));
    return true;
}

/* \d \D \w \W \s \S \p \P: writes what stands for it inside a set; *matched tells whether it was one. */
static bool class_escape(struct reader *r, bool *matched)
{
    char c = peek(r, 0);
    *matched = c && strchr("dDwWsSpP", c);
    if (!*matched) return true;
    r->at++;
    if (c == 'p' || c == 'P') return property(r, c == 'P');
    if (c == 's' || c == 'S')
        buf_add_c(&r->out, c == 's' ? SPACES : NO_SPACES);
    else
        buf_fmt(&r->out, "\\%c", c);
    return true;
}

/* ---- sets ---- */

static bool set_member(struct reader *r, uint32_t *point, bool *is_class)
{
    *is_class = false;
    if (at_end(r)) return false;
    if (!take(r, '\\')) {
        *point = utf8_next(r->in, &r->at);
        return true;
    }
    if (take(r, 'b')) {
        *point = 0x08;
        return true;
    }
    if (!class_escape(r, is_class)) return false;
    return *is_class || character_escape(r, point);
}

/* Behind "[". */
static bool set(struct reader *r)
{
    bool negated = take(r, '^');
    if (take(r, ']')) {
        buf_add_c(&r->out, negated ? "[\\x00-\\x{10ffff}]" : "(?!)");
        return true;
    }
    buf_add_c(&r->out, negated ? "[^" : "[");
    while (!take(r, ']')) {
        uint32_t low, high;
        bool is_class, high_class;
        if (!set_member(r, &low, &is_class)) return false;
        if (!is_class) write_point(r, low);
        if (peek(r, 0) != '-' || peek(r, 1) == ']') continue;
        r->at++;
        if (is_class) return false;
        buf_add_char(&r->out, '-');
        if (!set_member(r, &high, &high_class) || high_class || high < low) return false;
        write_point(r, high);
    }
    buf_add_char(&r->out, ']');
    return true;
}

/* ---- groups and references ---- */

static bool group_name(struct reader *r, struct str *out)
{
    size_t from = r->at;
    while (!at_end(r) && peek(r, 0) != '>') {
        char c = peek(r, 0);
        bool first = r->at == from;
        if (!is_letter(c) && c != '_' && c != '$' && !(c & 0x80) && (first || !is_digit(c))) return false;
        r->at++;
    }
    *out = str_slice(r->in, from, r->at);
    return take(r, '>') && out->len;
}

/* All groups beforehand: a reference may stand before its group. */
static bool find_groups(struct reader *r)
{
    bool in_set = false;
    for (size_t i = 0; i < r->in.len; i++) {
        char c = r->in.ptr[i];
        if (c == '\\') {
            i++;
        } else if (c == '[' || c == ']') {
            in_set = c == '[';
        } else if (c == '(' && !in_set) {
            struct str rest = str_slice(r->in, i + 1, r->in.len);
            bool named =
                str_starts(rest, STR("?<")) && rest.len > 2 && rest.ptr[2] != '=' && rest.ptr[2] != '!';
            if (str_starts(rest, STR("?")) && !named) continue;
            if (r->groups == GROUPS_MAX) return false;
            struct str name = STR_EMPTY;
            r->at = i + 3;
            if (named && !group_name(r, &name)) return false;
            for (unsigned k = 0; name.len && k < r->groups; k++)
                if (str_eq(r->names[k], name)) return false;
            r->names[r->groups++] = name;
        }
    }
    r->at = 0;
    return true;
}

static bool back_reference(struct reader *r)
{
    unsigned number = 0;
    while (is_digit(peek(r, 0)) && number <= GROUPS_MAX)
        number = number * 10 + (unsigned)(r->in.ptr[r->at++] - '0');
    if (number > r->groups) return false;
    buf_fmt(&r->out, "\\g{%u}", number);
    return true;
}

static bool named_reference(struct reader *r)
{
    struct str name;
    if (!take(r, '<') || !group_name(r, &name)) return false;
    for (unsigned i = 0; i < r->groups; i++)
        if (str_eq(r->names[i], name)) {
            buf_fmt(&r->out, "\\g{%u}", i + 1);
            return true;
        }
    return false;
}

/* ---- terms ---- */

static bool disjunction(struct reader *r);

static bool escape(struct reader *r)
{
    bool is_class;
    uint32_t point;
    char c = peek(r, 0);
    if (c >= '1' && c <= '9') return back_reference(r);
    if (take(r, 'k')) return named_reference(r);
    if (c && strchr("dDwWsSpP", c)) {
        buf_add_char(&r->out, '[');
        bool ok = class_escape(r, &is_class);
        buf_add_char(&r->out, ']');
        return ok;
    }
    if (!character_escape(r, &point)) return false;
    write_point(r, point);
    return true;
}

/* Behind "(". */
static bool group(struct reader *r, bool *quantifiable)
{
    static const char *const assertions[] = {"?=", "?!", "?<=", "?<!"};
    struct str name;
    *quantifiable = true;
    buf_add_char(&r->out, '(');
    for (size_t i = 0; i < sizeof assertions / sizeof assertions[0] && *quantifiable; i++)
        if (take_text(r, assertions[i])) {
            buf_add_c(&r->out, assertions[i]);
            *quantifiable = false;
        }
    if (*quantifiable) {
        if (take_text(r, "?:"))
            buf_add_c(&r->out, "?:");
        else if (take_text(r, "?<")) {
            if (!group_name(r, &name)) return false;
        } else if (peek(r, 0) == '?') {
            return false;
        }
    }
    if (++r->depth > NESTING_MAX || !disjunction(r) || !take(r, ')')) return false;
    r->depth--;
    buf_add_char(&r->out, ')');
    return true;
}

static bool number(struct reader *r, unsigned *out)
{
    if (!is_digit(peek(r, 0))) return false;
    for (*out = 0; is_digit(peek(r, 0)); r->at++)
        if (*out <= REPEAT_MAX) *out = *out * 10 + (unsigned)(peek(r, 0) - '0');
    return *out <= REPEAT_MAX;
}

/* *found: one stood there. */
static bool quantifier(struct reader *r, bool *found)
{
    char c = peek(r, 0);
    unsigned low, high;
    *found = c == '*' || c == '+' || c == '?' || c == '{';
    if (!*found) return true;
    r->at++;
    if (c != '{') {
        buf_add_char(&r->out, c);
    } else {
        if (!number(r, &low)) return false;
        buf_fmt(&r->out, "{%u", low);
        if (take(r, ',')) {
            buf_add_char(&r->out, ',');
            if (peek(r, 0) != '}') {
                if (!number(r, &high) || high < low) return false;
                buf_fmt(&r->out, "%u", high);
            }
        }
        if (!take(r, '}')) return false;
        buf_add_char(&r->out, '}');
    }
    if (take(r, '?')) buf_add_char(&r->out, '?');
    return true;
}

/* *assertion: what cannot be repeated. */
static bool atom(struct reader *r, bool *assertion)
{
    char c = peek(r, 0);
    bool quantifiable = true;
    *assertion = c == '^' || c == '$';
    if (*assertion) {
        r->at++;
        buf_add_char(&r->out, c);
        return true;
    }
    if (take(r, '(')) {
        if (!group(r, &quantifiable)) return false;
        *assertion = !quantifiable;
        return true;
    }
    if (take(r, '[')) return set(r);
    if (take(r, '.')) {
        buf_add_c(&r->out, "[^\\n\\r\\x{2028}\\x{2029}]");
        return true;
    }
    if (take(r, '\\')) {
        *assertion = peek(r, 0) == 'b' || peek(r, 0) == 'B';
        if (!*assertion) return escape(r);
        buf_fmt(&r->out, "\\%c", peek(r, 0));
        r->at++;
        return true;
    }
    if (c && strchr("*+?{}]", c)) return false;
    write_point(r, utf8_next(r->in, &r->at));
    return true;
}

static bool disjunction(struct reader *r)
{
    while (!at_end(r) && peek(r, 0) != ')') {
        bool assertion, repeated;
        if (take(r, '|')) {
            buf_add_char(&r->out, '|');
            continue;
        }
        if (!atom(r, &assertion) || !quantifier(r, &repeated) || (assertion && repeated)) return false;
    }
    return true;
}

bool schema_pattern_translate(struct arena *a, struct str text, struct str *out)
{
    struct reader *r = ARENA_NEW(a, struct reader);
    *r = (struct reader){.arena = a, .in = text, .out = buf_new(a, text.len + 32)};
    if (!utf8_valid(text) || !find_groups(r) || !disjunction(r) || !at_end(r)) return false;
    *out = buf_str(&r->out);
    return true;
}
