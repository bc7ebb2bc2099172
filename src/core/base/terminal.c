#include "core/base/terminal.h"

static bool is_command(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0, 0x1f}, {0x7f, 0x9f}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1]) return true;
    return false;
}

void terminal_put(FILE *to, struct str text)
{
    for (size_t pos = 0, from = 0; from < text.len; from = pos) {
        uint32_t c = utf8_next(text, &pos);
        if (is_command(c) || (c == 0xfffd && pos - from == 1))
            fputc('?', to);
        else
            fwrite(text.ptr + from, 1, pos - from, to);
    }
}
