-- A group that is no longer in use keeps its letter: its numbers of the day are still called.
ALTER TABLE desk_group ADD COLUMN ended {int} NOT NULL DEFAULT 0;

-- Windows of a hall and what they take: letters of groups between bars, "" all. Without any, a window is what its clerk calls it.
CREATE TABLE desk_window (
    hall {text} NOT NULL,
    name {text} NOT NULL,
    groups {text} NOT NULL,
    PRIMARY KEY (hall, name)
) {strict};
