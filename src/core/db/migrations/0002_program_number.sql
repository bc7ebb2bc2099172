-- Which programs put which number into the ids they make (core/base/id.h): taken in turn, kept until a time in
-- ms, so that no two running programs share one and none takes what the last one to end had.
CREATE TABLE program_number (
    number {int} NOT NULL PRIMARY KEY,
    turn {int} NOT NULL UNIQUE,
    until {int} NOT NULL
) {strict};
