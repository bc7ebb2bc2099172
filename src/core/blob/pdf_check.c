/* Does a PDF hold anything that acts? Names are looked for everywhere, inside streams too, since a
 * cross-reference table may point anywhere; object streams are inflated and searched as well. A name may be
 * written with #xx escapes. */
#include <zlib.h>

#include "core/blob/blob.h"

enum { TAIL = 1024, INFLATE_TOTAL = 64 << 20, DICTIONARY_REACH = 4096, NAME_LONGEST = 32 };

static const char *const acting[] = {"JavaScript", "Launch",     "EmbeddedFile", "EmbeddedFiles", "RichMedia",
                                     "SubmitForm", "ImportData", "GoToE",        "Rendition",     "XFA"};

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool is_regular(char c)
{
    return c != 0 && !strchr("\t\n\f\r ()<>[]{}/%", c);
}

/* Decodes the name behind the slash at text[*pos]; longer ones than any we look for give an empty name. */
static struct str name_at(struct str text, size_t *pos, char out[NAME_LONGEST])
{
    size_t len = 0, i = *pos + 1;
    for (; i < text.len && is_regular(text.ptr[i]); i++) {
        char c = text.ptr[i];
        if (c == '#' && i + 2 < text.len) {
            int high = hex_value(text.ptr[i + 1]), low = hex_value(text.ptr[i + 2]);
            if (high >= 0 && low >= 0) {
                c = (char)(high << 4 | low);
                i += 2;
            }
        }
        if (len < NAME_LONGEST) out[len] = c;
        len++;
    }
    *pos = i;
    return len <= NAME_LONGEST ? str_n(out, len) : STR_EMPTY;
}

static bool name_acts(struct str name)
{
    for (size_t i = 0; i < sizeof acting / sizeof acting[0]; i++)
        if (str_eq_c(name, acting[i])) return true;
    return false;
}

/* Has the text a name that acts? */
static bool text_acts(struct str text)
{
    char bytes[NAME_LONGEST];
    for (size_t pos = 0; pos < text.len;) {
        const char *slash = memchr(text.ptr + pos, '/', text.len - pos);
        if (!slash) return false;
        pos = (size_t)(slash - text.ptr);
        if (name_acts(name_at(text, &pos, bytes))) return true;
    }
    return false;
}

static size_t find_back(struct str text, size_t from, struct str word)
{
    size_t least = from > DICTIONARY_REACH ? from - DICTIONARY_REACH : 0;
    for (size_t i = from; i-- > least;)
        if (str_starts(str_slice(text, i, text.len), word)) return i;
    return least;
}

struct filters {
    bool any, flate, other;
};

static struct filters filters_of(struct str dictionary)
{
    struct filters f = {0};
    char bytes[NAME_LONGEST];
    for (size_t pos = 0; pos < dictionary.len;) {
        if (dictionary.ptr[pos] != '/') {
            pos++;
            continue;
        }
        struct str name = name_at(dictionary, &pos, bytes);
        f.any |= str_eq_c(name, "Filter") || str_eq_c(name, "F");
        f.flate |= str_eq_c(name, "FlateDecode") || str_eq_c(name, "Fl");
        f.other |= (str_ends(name, STR("Decode")) && !str_eq_c(name, "FlateDecode")) ||
                   str_eq_c(name, "Crypt") || str_eq_c(name, "DecodeParms");
    }
    return f;
}

/* Inflates piece by piece, keeping the end of each piece so that no name is cut in two. false when it is
 * broken, too large, or acts. */
static bool inflated_is_quiet(struct str packed, size_t *budget)
{
    enum { KEEP = 3 * NAME_LONGEST + 2, PIECE = 1 << 16 };
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.ptr,
                  .avail_in = packed.len > UINT32_MAX ? UINT32_MAX : (uInt)packed.len};
    char *window = mem_alloc(PIECE + KEEP, 1);
    bool quiet = window && inflateInit(&z) == Z_OK;
    if (!quiet) {
        mem_free(window);
        return false;
    }
    size_t kept = 0;
    int r = Z_OK;
    while (quiet && r != Z_STREAM_END) {
        z.next_out = (Bytef *)window + kept;
        z.avail_out = PIECE;
        r = inflate(&z, Z_NO_FLUSH);
        size_t made = PIECE - z.avail_out, have = kept + made;
        quiet = (r == Z_OK || r == Z_STREAM_END) && made <= *budget && (made > 0 || r == Z_STREAM_END) &&
                !text_acts(str_n(window, have));
        *budget -= made <= *budget ? made : *budget;
        kept = have < KEEP ? have : KEEP;
        memmove(window, window + have - kept, kept);
    }
    inflateEnd(&z);
    mem_free(window);
    return quiet;
}

/* The object stream named at `name_end`: its dictionary reaches from the word obj before it to the word
 * stream behind it. */
static bool object_stream_is_quiet(struct str file, size_t name_end, size_t *budget)
{
    size_t from = find_back(file, name_end, STR("obj"));
    struct str ahead = str_slice(file, name_end, name_end + DICTIONARY_REACH);
    size_t word = str_find(ahead, STR("stream"));
    if (word == SIZE_MAX) return false;
    size_t data = name_end + word + 6;
    struct filters f = filters_of(str_slice(file, from, name_end + word));
    if (!f.any && !f.flate && !f.other) return true; /* in the open: searched with the rest */
    if (!f.flate || f.other) return false;
    if (data < file.len && file.ptr[data] == '\r') data++;
    if (data < file.len && file.ptr[data] == '\n') data++;
    return inflated_is_quiet(str_slice(file, data, file.len), budget);
}

static bool pdf_acts(struct err *e)
{
    return err_invalid(e, "file.active", "The PDF holds scripts, embedded files or other active content.");
}

bool pdf_acceptable(struct str content, struct err *e)
{
    struct str tail = str_slice(content, content.len > TAIL ? content.len - TAIL : 0, content.len);
    size_t budget = INFLATE_TOTAL;
    char bytes[NAME_LONGEST];
    if (!str_starts(content, STR("%PDF-")) || str_find(tail, STR("%%EOF")) == SIZE_MAX ||
        str_find(tail, STR("startxref")) == SIZE_MAX)
        return err_invalid(e, "file.broken", "The file is damaged or not complete.");
    for (size_t pos = 0; pos < content.len;) {
        const char *slash = memchr(content.ptr + pos, '/', content.len - pos);
        if (!slash) break;
        pos = (size_t)(slash - content.ptr);
        struct str name = name_at(content, &pos, bytes);
        if (name_acts(name)) return pdf_acts(e);
        if (str_eq_c(name, "Encrypt"))
            return err_invalid(e, "file.locked",
                               "The PDF is protected with a password. Please hand in one without.");
        if (str_eq_c(name, "ObjStm") && !object_stream_is_quiet(content, pos, &budget)) return pdf_acts(e);
    }
    return true;
}
