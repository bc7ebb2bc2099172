#include "core/base/log.h"

#include "core/base/time.h"

#include <stdarg.h>
#include <unistd.h>

static enum log_level lowest_level = LOG_LEVEL_INFO;

void log_threshold(enum log_level lowest)
{
    lowest_level = lowest;
}

static size_t add_escaped(char *line, size_t at, size_t size, const char *text)
{
    enum { VALUE_MAX = 500 };
    size_t len = strnlen(text, VALUE_MAX);
    for (size_t i = 0; i < len && at + 8 < size; i++) {
        unsigned char ch = (unsigned char)text[i];
        if (ch == '"' || ch == '\\') {
            line[at++] = '\\';
            line[at++] = (char)ch;
        } else if (ch < 0x20 || ch == 0x7F) {
            at += (size_t)snprintf(line + at, size - at, "\\u%04x", ch);
        } else {
            line[at++] = (char)ch;
        }
    }
    return at;
}

void log_event(enum log_level level, const char *event, ...)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (level < lowest_level) return;
    char line[4096];
    int64_t now = time_now();
    struct civil c = time_civil(now - MS_UTC_PLUS8);
    size_t at = (size_t)snprintf(
        line, sizeof line, "{\"at\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\",\"level\":\"%s\",\"event\":\"",
        c.year, c.month, c.day, c.hour, c.minute, c.second, (int)(now % 1000), names[level]);
    at = add_escaped(line, at, sizeof line, event);
    line[at++] = '"';
    va_list args;
    va_start(args, event);
    for (const char *key; (key = va_arg(args, const char *)) && at + 600 < sizeof line;) {
        const char *value = va_arg(args, const char *);
        line[at++] = ',';
        line[at++] = '"';
        at = add_escaped(line, at, sizeof line, key);
        line[at++] = '"';
        line[at++] = ':';
        line[at++] = '"';
        at = add_escaped(line, at, sizeof line, value ? value : "");
        line[at++] = '"';
    }
    va_end(args);
    line[at++] = '}';
    line[at++] = '\n';
    /* One write a line, so that lines of several threads do not mix. A log that cannot be written stops
     * nothing. */
    if (write(STDERR_FILENO, line, at) < 0) return;
}
