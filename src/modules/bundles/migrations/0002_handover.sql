-- Each time the package of results left the hall: to whom, against which proof, or with which carrier, and what became of it.
CREATE TABLE bundle_handover (
    file {int} NOT NULL,
    n {int} NOT NULL,
    who {text} NOT NULL,
    taker {bytes},
    carrier {text} NOT NULL,
    parcel {text} NOT NULL,
    state {text} NOT NULL,
    at {int} NOT NULL,
    account {int} NOT NULL,
    changed {int} NOT NULL,
    PRIMARY KEY (file, n)
) {strict};
CREATE UNIQUE INDEX bundle_handover_parcel ON bundle_handover (carrier, parcel) WHERE parcel <> '';
