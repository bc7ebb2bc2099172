/* Rules of IANA time zones, read from the compiled files of the system (RFC 8536, TZif).
 *
 * Private to the engine. Ownership: a zone belongs to the arena of the run that read it, and is chained in
 * run->zones so that each is read once a run. Names are those of the data base, case-sensitive. Units:
 * seconds since 1970-01-01T00:00Z, seconds east of UTC. Files that are missing or damaged make the name
 * unknown. */
#ifndef TB_FEEL_ZONE_H
#define TB_FEEL_ZONE_H

#include "engines/feel/feel.h"

/* NULL where there is no such zone. */
const struct feel_zone *feel_zone_find(struct feel_run *r, struct str name);
struct str feel_zone_name(const struct feel_zone *z);
/* At an instant. */
int32_t feel_zone_offset(const struct feel_zone *z, int64_t utc);
/* At a local time: seconds as if the local time were UTC. A local time that exists twice is the earlier one;
 * one that does not exist is counted with the offset before the gap. */
int32_t feel_zone_offset_local(const struct feel_zone *z, int64_t local);

#endif
