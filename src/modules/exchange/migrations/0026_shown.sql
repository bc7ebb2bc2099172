-- Which rows a permit that follows changes and has a filter of rows was told of, so that one that leaves the filter is
-- told as deleted, one that enters it as new, and nothing of those it never let through. since, gone: places in the feed.
CREATE TABLE exchange_shown (
    permit {int} NOT NULL REFERENCES share_permit (id),
    row_id {int} NOT NULL,
    since {int} NOT NULL,
    gone {int} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (permit, row_id)
) {strict};

-- 1: what the permit was told is kept there from its first change on.
ALTER TABLE exchange_cursor ADD COLUMN shown {int} NOT NULL DEFAULT 0;
