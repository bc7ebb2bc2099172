/* Structured log lines (one JSON object a line on standard error). Values are escaped and cut at 500 bytes.
 * Never a place for names, numbers of people, tokens or request bodies. */
#ifndef TB_LOG_H
#define TB_LOG_H

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

void log_threshold(enum log_level lowest);
/* `event` is a stable word; pairs are "key", "value" C strings, ended by NULL. */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));

#endif
