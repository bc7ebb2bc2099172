/* Templates: Mustache (spec 1.4 core, ~inheritance) over core/json documents.
 *
 * Two modes. PLAIN is the specification. VIEW is what pages use: every tag is escaped for the place it stands
 * in (text, quoted attribute, URL attribute), raw tags and tags in places that cannot be escaped (script,
 * style, unquoted or on* attributes) are refused when the template is compiled, and `{{_ English msgid}}`
 * prints the translation, with %{name} taken from the context and escaped.
 * In URL attributes (href, src, action, formaction …) a value that begins the attribute is taken as a URL,
 * one inside as a part of it (percent-encoded; in a path "/" stays). The whole may only be relative, http(s),
 * mailto or tel; anything else becomes "#". Sections may stand between attributes and inside values, but HTML
 * must be in the same place at both ends. Lines with only a section, partial, block or comment vanish in both
 * modes; indentation of partials is carried on in PLAIN only, since <pre> must not get it. A compiled set is
 * immutable and shared by all threads. Limits: nesting 64 when rendering, recursion of partials included. */
#ifndef TB_VIEW_H
#define TB_VIEW_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/i18n/i18n.h"
#include "core/json/json.h"

enum view_mode { VIEW_PLAIN, VIEW_PAGE };

struct view_source {
    const char *name; /* "cases/inbox", "layout", "partial name" */
    const char *text;
    size_t len;
};

struct views;

/* Compiles all; partials and parents are found by name within the set (a missing one is an error in
 * VIEW_PAGE, empty in VIEW_PLAIN). err INVALID "view" with arg "name:line: reason". */
struct views *views_new(struct arena *a, enum view_mode mode, const struct view_source *sources, size_t count,
                        struct err *e) NODISCARD;
bool views_has(const struct views *v, struct str name);
/* Renders into out. `l` may be NULL in VIEW_PLAIN. err MISSING "view" for an unknown name. */
bool views_render(const struct views *v, struct str name, const struct json *doc, const struct lang *l,
                  struct buf *out, struct err *e) NODISCARD;
/* Calls fn for every msgid used by the set, for the translation test. */
void views_msgids(const struct views *v, void (*fn)(void *arg, struct str msgid, const char *view),
                  void *arg);

/* Produced by tools/embed: every *.html under src/core/view/partials and src/modules/<m>/views. */
extern const struct view_source view_sources[];
extern const size_t view_source_count;

#endif
