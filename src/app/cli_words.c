/* Words, figures, progress and secrets on the terminal. */
#include "app/cli.h"
#include "core/base/file.h"
#include "core/base/terminal.h"

#include <termios.h>
#include <unistd.h>

enum { BAR = 30, SECRET_MAX = 4096 };

const struct lang *cli_lang(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && value[0]) return strncmp(value, "zh", 2) == 0 ? &lang_zh_cn : &lang_en;
    }
    return &lang_en;
}

static void print_text(FILE *to, const char *msgid, struct str arg)
{
    struct str text = tr(cli_lang(), msgid);
    size_t hole = str_find(text, STR("%{arg}"));
    if (hole == SIZE_MAX) {
        fprintf(to, "%.*s", STR_ARG(text));
        return;
    }
    fprintf(to, "%.*s", (int)hole, text.ptr);
    terminal_put(to, arg);
    fprintf(to, "%.*s", (int)(text.len - hole - 6), text.ptr + hole + 6);
}

void cli_say(FILE *to, const char *msgid, struct str arg)
{
    print_text(to, msgid, arg);
    fputc('\n', to);
}

/* Columns a text takes on a terminal: Chinese characters take two. */
static int columns(struct str s)
{
    int n = 0;
    for (size_t pos = 0; pos < s.len;)
        n += utf8_next(s, &pos) >= 0x1100 ? 2 : 1;
    return n;
}

void cli_figure(FILE *to, const char *label, int64_t value)
{
    struct str text = tr(cli_lang(), label);
    int pad = 16 - columns(text);
    fprintf(to, "  %.*s%*s %8lld\n", STR_ARG(text), pad > 0 ? pad : 0, "", (long long)value);
}

int cli_refuse(const char *msgid, const char *arg)
{
    fputs("tongban: ", stderr);
    cli_say(stderr, msgid, str_c(arg));
    return 1;
}

int cli_fail(const struct err *e)
{
    if (e->field_count) { /* what is wrong with the fields says more than that something is */
        for (size_t i = 0; i < e->field_count; i++)
            cli_refuse(e->fields[i].msgid, e->fields[i].arg);
        return 1;
    }
    fputs("tongban: ", stderr);
    print_text(stderr, e->msgid ? e->msgid : "Something went wrong.", str_c(e->arg));
    fprintf(stderr, "%s%s%s\n", e->detail[0] ? " (" : "", e->detail, e->detail[0] ? ")" : "");
    return 1;
}

void cli_progress(struct progress *p, size_t done, size_t total)
{
    int percent = total ? (int)(done * 100 / total) : 100;
    if (!isatty(STDERR_FILENO) || percent == p->last) return;
    struct str label = tr(cli_lang(), p->label);
    p->last = percent;
    char bar[BAR + 1];
    for (int i = 0; i < BAR; i++)
        bar[i] = i < percent * BAR / 100 ? '#' : ' ';
    bar[BAR] = '\0';
    fprintf(stderr, "\r  %.*s [%s] %3d%%", STR_ARG(label), bar, percent);
    if (done >= total) fputs("\r\033[K", stderr);
    fflush(stderr);
}

static bool read_line(FILE *from, struct arena *a, struct str *out)
{
    char *line = arena_alloc(a, SECRET_MAX);
    size_t n = 0;
    int ch;
    while ((ch = fgetc(from)) != EOF && ch != '\n')
        if (n < SECRET_MAX) line[n++] = (char)ch;
    if (n == SECRET_MAX) n = 0; /* nobody's secret is that long */
    if (n && line[n - 1] == '\r') n--;
    *out = str_n(line, n);
    return n > 0 && utf8_valid(*out) && memchr(line, '\0', n) == NULL;
}

bool cli_read_secret(struct arena *a, const char *msgid, struct str *out, struct err *e)
{
    struct termios shown, hidden;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        print_text(stderr, msgid, STR_EMPTY);
        fputs(": ", stderr);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool ok = read_line(stdin, a, out);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    return ok || err_invalid(e, "cli.secret",
                             "Nothing usable came from standard input: one line of text is needed.");
}

bool cli_passphrase(struct arena *a, const struct settings *s, struct str *out, struct err *e)
{
    if (!s->passphrase_file) return cli_read_secret(a, "Passphrase of the keys", out, e);
    struct str text;
    if (!cli_read_file(a, s->passphrase_file, SECRET_MAX, &text, e)) return false;
    str_cut(text, '\n', out);
    if (out->len && out->ptr[out->len - 1] == '\r') out->len--;
    return (out->len && utf8_valid(*out)) ||
           err_invalid(e, "cli.passphrase", "The first line of the passphrase file is empty or not text.");
}
