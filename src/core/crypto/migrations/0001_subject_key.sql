-- Data keys of persons and organisations, wrapped by the installation. An erased key leaves its row with a
-- null, so that what was sealed under it is told apart from what was altered, and its number is not used again.
CREATE TABLE subject_key (
    subject_id {int} NOT NULL,
    version {int} NOT NULL,
    wrapped {bytes},
    created {int} NOT NULL,
    PRIMARY KEY (subject_id, version)
) {strict};
