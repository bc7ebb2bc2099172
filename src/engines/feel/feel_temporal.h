/* Dates, times, date-times, durations and zones of FEEL (DMN 1.5, 10.3.2.3.3–7, 10.3.4.1, 10.3.4.7; XML
 * Schema 1.1 part 2 lexical forms; XPath functions 3.1 for the arithmetic). Private to the engine. */
#ifndef TB_FEEL_TEMPORAL_H
#define TB_FEEL_TEMPORAL_H

#include "engines/feel/feel_builtin.h"

/* Whole strings only; false where the text is none. Values belong to the run's arena; zones are read once a
 * run. A duration becomes FEEL_DAYS or FEEL_MONTHS by its parts; parts of both kinds are refused. */
bool feel_date_read(struct feel_run *r, struct str text, struct feel_value *out);
bool feel_time_read(struct feel_run *r, struct str text, struct feel_value *out);
bool feel_date_time_read(struct feel_run *r, struct str text, struct feel_value *out);
bool feel_duration_read(struct feel_run *r, struct str text, struct feel_value *out);
/* An at-literal, @"…": whichever of the four it is. */
bool feel_temporal_read(struct feel_run *r, struct str text, struct feel_value *out);

/* The lexical form: "2024-02-29", "10:30:00.5+08:00", "10:00:00@Asia/Shanghai", "P1DT2H", "-P1Y3M", "PT0S",
 * "P0M". */
struct str feel_temporal_text(struct arena *a, struct feel_value v);

/* v is a date, a time, a date and time, or a duration; b of the same kind. False when the two have no order
 * (one is local, the other has a zone; kinds differ). */
bool feel_temporal_order(struct feel_value a, struct feel_value b, int *order);
/* `is` of FEEL: same kind, same fields, same zone. */
bool feel_temporal_is(struct feel_value a, struct feel_value b);

/* a + b and a - b of 10.3.2.3.5, table 55: true when the two kinds have such an operation and *out is its
 * result (null with a note when it overflows); false when they have none. */
bool feel_temporal_add(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                       struct feel_value b, struct feel_value *out);
bool feel_temporal_subtract(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                            struct feel_value b, struct feel_value *out);
/* duration × number, number × duration, duration ÷ number, duration ÷ duration of the same kind (a number),
 * -duration. */
bool feel_temporal_multiply(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                            struct feel_value b, struct feel_value *out);
bool feel_temporal_divide(struct feel_run *r, const struct feel_node *at, struct feel_value a,
                          struct feel_value b, struct feel_value *out);
bool feel_temporal_negate(struct feel_value v, struct feel_value *out);

/* Properties of table 65: year month day weekday hour minute second "time offset" timezone years months days
 * hours minutes seconds value. False when the kind has no such property (the value itself may be null). */
bool feel_temporal_property(struct feel_run *r, struct feel_value v, struct str name, struct feel_value *out);

#endif
