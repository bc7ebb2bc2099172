/* tongban merkle test FOLDER: cases of inclusion and consistency proofs, one a JSON file, in any depth below.
 */
#include "engines/merkle/merkle.h"
#include "app/cli.h"
#include "core/base/file.h"

#include <dirent.h>
#include <sys/stat.h>

enum { CASE_MAX = 1 << 20, DEPTH_MAX = 8 };

static void one_case(struct arena *a, const char *path, struct suite_count *n, FILE *out)
{
    struct err e = {0};
    struct str text;
    bool agrees = false, ok = file_read(a, path, CASE_MAX, &text, &e) && merkle_case(a, text, &agrees, &e);
    if (ok && agrees)
        n->passed++;
    else
        n->failed++, fprintf(out, "%s: %s\n", path, ok ? "we say the opposite" : "unreadable");
}

static bool look(struct arena *a, const char *folder, int depth, struct suite_count *n, FILE *out)
{
    DIR *d = depth < DEPTH_MAX ? opendir(folder) : NULL;
    if (!d) return false;
    for (const struct dirent *entry; (entry = readdir(d));) {
        struct stat st;
        const char *path = str_z(a, str_fmt(a, "%s/%s", folder, entry->d_name));
        if (entry->d_name[0] == '.' || stat(path, &st) != 0) continue;
        if (S_ISDIR(st.st_mode))
            (void)look(a, path, depth + 1, n, out);
        else if (str_ends(str_c(path), STR(".json")))
            one_case(a, path, n, out);
    }
    closedir(d);
    return true;
}

bool merkle_suite(const char *folder, struct suite_count *n, FILE *out)
{
    struct arena *a = arena_new(64 << 20);
    *n = (struct suite_count){0};
    bool ok = a && look(a, folder, 0, n, out);
    arena_drop(a);
    return ok;
}

int command_merkle(const struct settings *s)
{
    struct err e = {0};
    struct suite_count n;
    if (strcmp(s->args[0], "test") != 0 || s->arg_count != 2)
        return cli_refuse("tongban merkle test needs the folder with the cases.", NULL);
    if (!crypto_start(&e)) return cli_fail(&e);
    if (!merkle_suite(s->args[1], &n, stdout))
        return cli_refuse("The file %{arg} cannot be read.", s->args[1]);
    printf("%d passed, %d failed\n", n.passed, n.failed);
    return n.failed || !n.passed ? 1 : 0;
}
