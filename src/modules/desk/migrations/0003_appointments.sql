-- A group is a kind of window: its hours ("09:00-12:00 14:00-16:30"), the length of a slot, how many are received in one, and the
-- departments whose services it takes (ids between bars, "" all). No places: no appointments.
ALTER TABLE desk_group ADD COLUMN hours {text} NOT NULL DEFAULT '';
ALTER TABLE desk_group ADD COLUMN minutes {int} NOT NULL DEFAULT 30;
ALTER TABLE desk_group ADD COLUMN places {int} NOT NULL DEFAULT 0;
ALTER TABLE desk_group ADD COLUMN units {text} NOT NULL DEFAULT '';
UPDATE desk_group SET hours = '09:00-12:00 14:00-16:30', places = 3 WHERE letter = 'A';

-- From when it goes before those without an appointment; 0: never.
ALTER TABLE desk_ticket ADD COLUMN turn {int} NOT NULL DEFAULT 0;
UPDATE desk_ticket SET turn = issued, waits_for = 'A' WHERE letter = 'C' AND state = 'waiting';

CREATE TABLE desk_booked (
    id {int} NOT NULL PRIMARY KEY,
    hall {text} NOT NULL,
    letter {text} NOT NULL,
    day {int} NOT NULL,
    slot {text} NOT NULL,
    place {int} NOT NULL,
    item {int} NOT NULL,
    subject {int} NOT NULL,
    ticket {int} NOT NULL,
    made {int} NOT NULL,
    UNIQUE (hall, day, slot, letter, place)
) {strict};
INSERT INTO desk_booked (id, hall, letter, day, slot, place, item, subject, ticket, made)
    SELECT id, hall, 'A', day, slot, place, item, subject, ticket, made FROM desk_appointment;
DROP TABLE desk_appointment;
ALTER TABLE desk_booked RENAME TO desk_appointment;
CREATE INDEX desk_appointment_subject ON desk_appointment (subject, day, id);
