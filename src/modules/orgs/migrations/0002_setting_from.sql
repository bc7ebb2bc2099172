-- Values of settings that hold from a day on; once it has come, the value moves to its setting.
CREATE TABLE setting_from (
    name {text} NOT NULL,
    starts {int} NOT NULL,
    value {text} NOT NULL,
    set_by {int} NOT NULL,
    PRIMARY KEY (name, starts)
) {strict};
CREATE INDEX setting_from_starts ON setting_from (starts);
