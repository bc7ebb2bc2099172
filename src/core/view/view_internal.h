/* What the compiler of templates makes and the renderer runs: per template one flat array of operations, in
 * which a compound one is followed by its content and knows where that ends. Private to core/view. */
#ifndef TB_VIEW_INTERNAL_H
#define TB_VIEW_INTERNAL_H

#include "core/view/view.h"

enum { VIEW_DEPTH = 64, VIEW_NO_TARGET = -1 };

enum op_kind {
    OP_TEXT,
    OP_VALUE,
    OP_MESSAGE,
    OP_SECTION,
    OP_INVERTED,
    OP_PARTIAL,
    OP_PARENT,    /* content: blocks that replace those of the parent */
    OP_BLOCK,     /* content: what stands here unless replaced */
    OP_URL_BEGIN, /* remembers where the value of a URL attribute starts … */
    OP_URL_END,   /* … and here it is judged as a whole */
};

enum escape { ESC_NONE, ESC_HTML, ESC_URL_PATH, ESC_URL_QUERY };

struct path_part {
    struct str name;
    uint16_t mark; /* json_mark of it */
};

/* Dotted name; no parts for the implicit iterator. */
struct path {
    size_t count;
    struct path_part *parts;
};

/* A sentence cut at its parameters; literal pieces are escaped already. */
struct piece {
    struct str text;
    const struct path *path; /* NULL: literal */
};

struct sentence {
    size_t count;
    struct piece *pieces;
};

struct message {
    struct str msgid;
    struct sentence english, chinese;
};

struct op {
    unsigned char kind, escape;
    bool line_start; /* begins a line of the template: indentation goes before it */
    bool standalone; /* block or partial alone on its line */
    bool markup;     /* block that replaces: its text has < or a quote, or more is put into it */
    uint32_t end;    /* compound: the operation behind the content */
    uint32_t block;  /* number of a block's name */
    int32_t target;  /* template of a partial or parent */
    uint32_t line;
    struct str text; /* literal text, or the name */
    union {
        struct path path;              /* values, sections */
        struct str indent;             /* partials, parents, blocks */
        const struct message *message; /* messages */
    };
};

struct template
{
    struct str name;
    struct op *ops;
    uint32_t count;
};

struct block_name {
    struct str name;
    bool text_only; /* stands in an attribute or in title or textarea of some template */
};

struct views {
    enum view_mode mode;
    struct template *templates; /* sorted by name */
    size_t count;
    struct block_name *blocks;
    size_t block_count, block_cap;
};

/* VIEW_NO_TARGET when absent. */
int32_t view_find(const struct views *v, struct str name);
/* Cuts at dots; "." has no parts. */
struct path view_path(struct arena *a, struct str name);
struct sentence view_sentence(struct arena *a, struct str text);
void view_escape_html(struct buf *out, struct str s);

/* ---- where in HTML a tag stands (view_html.c) ---- */

enum html_state {
    HTML_TEXT,
    HTML_RCDATA, /* title, textarea: text only */
    HTML_RAW,    /* script, style and kin */
    HTML_OPEN,   /* behind < */
    HTML_END_OPEN,
    HTML_BANG,
    HTML_BANG_DASH,
    HTML_COMMENT,
    HTML_BOGUS,
    HTML_TAG_NAME,
    HTML_TAG, /* between attributes */
    HTML_CUT, /* behind a section that stood right behind a name: the name must not go on */
    HTML_ATTR_NAME,
    HTML_AFTER_NAME,
    HTML_BEFORE_VALUE,
    HTML_UNQUOTED,
    HTML_VALUE,
};

enum attr_kind { ATTR_PLAIN, ATTR_URL, ATTR_REFUSED };
enum url_part { URL_START, URL_PATH, URL_QUERY };

struct html_place {
    enum html_state state;
    enum attr_kind attr;
    enum url_part part;
    char quote;
    bool end_tag;
    unsigned char matched, dashes, tag_len, name_len;
    char tag[12], name[24];
};

enum html_event { HTML_NOTHING, HTML_URL_BEGINS, HTML_URL_ENDS, HTML_BROKEN_NAME };

/* Moves over one character. URL_BEGINS: the value starts behind it; URL_ENDS: the value ended before it. */
enum html_event html_step(struct html_place *p, char ch);
/* How a value printed here is escaped; NULL, or why it is refused. */
const char *html_escape_at(const struct html_place *p, enum escape *out);
/* Before a section, a partial or a block, and at their end: NULL, or why none may stand here. */
const char *html_cut(struct html_place *p);
/* Whether a section that may be left out keeps the place; joins both into *p. */
bool html_join(struct html_place *p, const struct html_place *other);

#endif
