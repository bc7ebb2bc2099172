CREATE TABLE booking (
    case_id {int} NOT NULL PRIMARY KEY,
    item {int} NOT NULL,
    day {int} NOT NULL,
    slot {text} NOT NULL,
    seat {int} NOT NULL,
    unit {int} NOT NULL,
    division {text} NOT NULL,
    created {int} NOT NULL,
    UNIQUE (item, day, slot, seat)
) {strict};
CREATE INDEX booking_unit ON booking (unit, day, slot, case_id);
CREATE INDEX booking_day ON booking (day, slot, case_id);
