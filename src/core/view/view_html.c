/* A small HTML tokenizer: enough of WHATWG HTML §13.2.5 to know in what place each tag of a template stands.
 */
#include "core/view/view_internal.h"

enum { BANG_AFTER_DASHES = 3 }; /* "--!>" ends a comment as "-->" does */

static bool is_space(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\f';
}

static bool is_letter(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

static char lower(char ch)
{
    return ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
}

static bool one_of(struct str name, const char *const *list)
{
    for (; *list; list++)
        if (str_eq_c(name, *list)) return true;
    return false;
}

static enum attr_kind classify(const struct html_place *p)
{
    static const char *const urls[] = {"href", "src",        "action",     "formaction", "poster", "cite",
                                       "data", "xlink:href", "background", "manifest",   NULL};
    static const char *const refused[] = {"style", "srcdoc", "srcset", "imagesrcset", "ping", NULL};
    struct str name = str_n(p->name, p->name_len);
    if (one_of(name, urls)) return ATTR_URL;
    if (one_of(name, refused) || str_starts(name, STR("on"))) return ATTR_REFUSED;
    return ATTR_PLAIN;
}

static enum html_state content_of(const struct html_place *p)
{
    static const char *const raw[] = {"script",   "style", "iframe",    "noembed",
                                      "noframes", "xmp",   "plaintext", NULL};
    static const char *const text[] = {"title", "textarea", NULL};
    struct str tag = str_n(p->tag, p->tag_len);
    if (p->end_tag) return HTML_TEXT;
    if (one_of(tag, raw)) return HTML_RAW;
    return one_of(tag, text) ? HTML_RCDATA : HTML_TEXT;
}

static void begin_tag(struct html_place *p, char ch, bool end_tag)
{
    p->state = HTML_TAG_NAME;
    p->end_tag = end_tag;
    p->tag_len = 1;
    p->tag[0] = lower(ch);
}

static void begin_name(struct html_place *p, char ch)
{
    p->state = HTML_ATTR_NAME;
    p->name_len = 1;
    p->name[0] = lower(ch);
}

static void close_tag(struct html_place *p)
{
    p->state = content_of(p);
    p->matched = 0;
}

static void step_in_tag(struct html_place *p, char ch)
{
    if (ch == '>')
        close_tag(p);
    else if (is_space(ch) || ch == '/')
        p->state = HTML_TAG;
    else
        begin_name(p, ch);
}

/* Inside title, script …: only its own end tag counts. */
static void step_raw(struct html_place *p, char ch)
{
    if (p->matched == p->tag_len + 2 && (is_space(ch) || ch == '/' || ch == '>')) {
        p->end_tag = true;
        p->state = HTML_TAG;
        step_in_tag(p, ch);
        return;
    }
    if (ch == '<')
        p->matched = 1;
    else if (p->matched == 1)
        p->matched = ch == '/' ? 2 : 0;
    else if (p->matched >= 2 && p->matched < p->tag_len + 2 && lower(ch) == p->tag[p->matched - 2])
        p->matched++;
    else
        p->matched = 0;
}

static void step_open(struct html_place *p, char ch)
{
    if (is_letter(ch))
        begin_tag(p, ch, false);
    else if (ch == '/')
        p->state = HTML_END_OPEN;
    else if (ch == '!')
        p->state = HTML_BANG;
    else if (ch == '?')
        p->state = HTML_BOGUS;
    else if (ch != '<')
        p->state = HTML_TEXT;
}

static void step_bogus(struct html_place *p, char ch)
{
    p->state = ch == '>' ? HTML_TEXT : HTML_BOGUS;
}

static enum html_event step_value(struct html_place *p, char ch)
{
    if (ch == p->quote) {
        p->state = HTML_TAG;
        return p->attr == ATTR_URL ? HTML_URL_ENDS : HTML_NOTHING;
    }
    if (ch == '?' || ch == '#' || ch == '&' || ch == '=')
        p->part = URL_QUERY;
    else if (p->part == URL_START && !is_space(ch))
        p->part = URL_PATH;
    return HTML_NOTHING;
}

static enum html_event step_before_value(struct html_place *p, char ch)
{
    if (is_space(ch)) return HTML_NOTHING;
    if (ch == '>') {
        close_tag(p);
    } else if (ch == '"' || ch == '\'') {
        p->state = HTML_VALUE;
        p->quote = ch;
        p->attr = classify(p);
        p->part = URL_START;
        return p->attr == ATTR_URL ? HTML_URL_BEGINS : HTML_NOTHING;
    } else {
        p->state = HTML_UNQUOTED;
    }
    return HTML_NOTHING;
}

enum html_event html_step(struct html_place *p, char ch)
{
    switch (p->state) {
    case HTML_TEXT:
        if (ch == '<') p->state = HTML_OPEN;
        break;
    case HTML_RCDATA:
    case HTML_RAW:
        step_raw(p, ch);
        break;
    case HTML_OPEN:
        step_open(p, ch);
        break;
    case HTML_END_OPEN:
        if (is_letter(ch))
            begin_tag(p, ch, true);
        else
            step_bogus(p, ch);
        break;
    case HTML_BANG:
        if (ch == '-')
            p->state = HTML_BANG_DASH;
        else
            step_bogus(p, ch);
        break;
    case HTML_BANG_DASH:
        p->dashes = 2;
        if (ch == '-')
            p->state = HTML_COMMENT;
        else
            step_bogus(p, ch);
        break;
    case HTML_COMMENT:
        if (ch == '>' && p->dashes >= 2)
            p->state = HTML_TEXT;
        else if (ch == '!' && p->dashes == 2)
            p->dashes = BANG_AFTER_DASHES;
        else if (ch != '-')
            p->dashes = 0;
        else if (p->dashes != 2)
            p->dashes = p->dashes == 1 ? 2 : 1;
        break;
    case HTML_BOGUS:
        step_bogus(p, ch);
        break;
    case HTML_TAG_NAME:
        if (is_space(ch) || ch == '/' || ch == '>')
            step_in_tag(p, ch);
        else if (p->tag_len < sizeof p->tag)
            p->tag[p->tag_len++] = lower(ch);
        break;
    case HTML_CUT:
        if (!is_space(ch) && ch != '/' && ch != '>') return HTML_BROKEN_NAME;
        step_in_tag(p, ch);
        break;
    case HTML_TAG:
        step_in_tag(p, ch);
        break;
    case HTML_ATTR_NAME:
        if (ch == '=')
            p->state = HTML_BEFORE_VALUE;
        else if (is_space(ch))
            p->state = HTML_AFTER_NAME;
        else if (ch == '/' || ch == '>')
            step_in_tag(p, ch);
        else if (p->name_len < sizeof p->name)
            p->name[p->name_len++] = lower(ch);
        break;
    case HTML_AFTER_NAME:
        if (ch == '=')
            p->state = HTML_BEFORE_VALUE;
        else if (!is_space(ch))
            step_in_tag(p, ch);
        break;
    case HTML_BEFORE_VALUE:
        return step_before_value(p, ch);
    case HTML_UNQUOTED:
        if (is_space(ch))
            p->state = HTML_TAG;
        else if (ch == '>')
            close_tag(p);
        break;
    case HTML_VALUE:
        return step_value(p, ch);
    }
    return HTML_NOTHING;
}

const char *html_escape_at(const struct html_place *p, enum escape *out)
{
    *out = ESC_HTML;
    switch (p->state) {
    case HTML_TEXT:
        return NULL;
    case HTML_RCDATA:
        return p->matched ? "a tag inside markup" : NULL;
    case HTML_RAW:
        return "a tag in script or style";
    case HTML_COMMENT:
    case HTML_BOGUS:
        return "a tag in a comment";
    case HTML_BEFORE_VALUE:
    case HTML_UNQUOTED:
        return "a tag in an unquoted attribute";
    case HTML_VALUE:
        break;
    default:
        return "a tag inside markup";
    }
    if (p->attr == ATTR_REFUSED) return "a tag in an attribute that cannot be escaped";
    if (p->attr == ATTR_URL && p->part == URL_PATH) *out = ESC_URL_PATH;
    if (p->attr == ATTR_URL && p->part == URL_QUERY) *out = ESC_URL_QUERY;
    return NULL;
}

const char *html_cut(struct html_place *p)
{
    switch (p->state) {
    case HTML_TAG_NAME:
    case HTML_ATTR_NAME:
    case HTML_AFTER_NAME:
        p->state = HTML_CUT;
        return NULL;
    case HTML_OPEN:
    case HTML_END_OPEN:
    case HTML_BANG:
    case HTML_BANG_DASH:
        return "a tag inside markup";
    case HTML_BEFORE_VALUE:
    case HTML_UNQUOTED:
        return "a tag in an unquoted attribute";
    case HTML_RCDATA:
    case HTML_RAW:
        return p->matched ? "a tag inside markup" : NULL;
    case HTML_COMMENT:
        p->dashes = 0;
        return NULL;
    default:
        return NULL;
    }
}

bool html_join(struct html_place *p, const struct html_place *other)
{
    bool in_tag = (p->state == HTML_TAG || p->state == HTML_CUT) &&
                  (other->state == HTML_TAG || other->state == HTML_CUT);
    if (!in_tag && p->state != other->state) return false;
    if (p->state != HTML_TEXT && p->state != HTML_COMMENT && p->state != HTML_BOGUS &&
        (p->end_tag != other->end_tag || p->tag_len != other->tag_len ||
         memcmp(p->tag, other->tag, p->tag_len) != 0))
        return false;
    if (in_tag) {
        if (other->state == HTML_CUT) p->state = HTML_CUT;
        return true;
    }
    if (p->state != HTML_VALUE) return true;
    if (p->quote != other->quote || p->attr != other->attr) return false;
    if (p->part == URL_START || other->part == URL_START)
        p->part = URL_START;
    else if (other->part > p->part)
        p->part = other->part;
    return true;
}
