#include "app/cli.h"

static void overview(FILE *to)
{
    cli_say(to, "Tongban 通办: one-stop government services.", STR_EMPTY);
    fputc('\n', to);
    for (size_t i = 0; i < command_count; i++) {
        struct str help = tr(cli_lang(), commands[i].help);
        fprintf(to, "  tongban %-8s %.*s\n", commands[i].name, STR_ARG(help));
    }
    fputc('\n', to);
    cli_say(to, "Each command explains itself with --help.", STR_EMPTY);
}

int main(int argc, char **argv)
{
    struct settings settings;
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        overview(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("tongban " TB_VERSION);
        return 0;
    }
    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(commands[i].name, argv[1]) != 0) continue;
        int wrong = cli_parse(&commands[i], argc - 2, argv + 2, &settings);
        if (wrong) return wrong;
        if (!settings.help) return commands[i].run(&settings);
        cli_help(&commands[i]);
        return 0;
    }
    cli_refuse("There is no command %{arg}. See tongban --help.", argv[1]);
    return 2;
}
