#include "app/cli.h"

static void overview(FILE *to)
{
    fputs("Tongban 通办: one-stop government services.\n\n", to);
    for (size_t i = 0; i < command_count; i++) fprintf(to, "  tongban %-8s %s\n", commands[i].name, commands[i].help);
    fputs("\nEach command explains itself with --help.\n", to);
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
    fprintf(stderr, "tongban: there is no command %s. See tongban --help.\n", argv[1]);
    return 2;
}
