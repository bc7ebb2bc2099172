# What the measurements know about the program: its options and addresses. Sourced by bench/run.sh.
# shellcheck shell=bash disable=SC2034

GUIDE_PATH=/ # set by wire_guide: the address of one guide page

wire_serve() { # FOLDER PORT: becomes the server
    exec "$ROOT/build/tongban" serve --demo --var "$1" --port "$2"
}

wire_prepare() { # FOLDER: imports before the first start
    local kind file
    for kind in divisions calendar; do
        "$ROOT/build/tongban" import "$kind" "$ROOT/var/data/$kind.tsv" --var "$1" >/dev/null
    done
    file=${TONGBAN_SHARED:-$ROOT/../shared}/data/items-guangan.tsv
    if [ -f "$file" ]; then
        "$ROOT/build/tongban" import items "$file" --division 511602 --var "$1" >/dev/null
    fi
}

wire_queries() { # what people say, one a line
    python3 -c 'import json; [print(q["q"]) for q in json.load(open("data/catalogue/queries.json", encoding="utf-8"))]'
}

wire_guide() { # BASE: finds a guide to measure
    GUIDE_PATH=$(curl -fsS "$1/search?q=%E6%8A%A4%E7%85%A7" | grep -o 'href="/items/[^"#?]*"' | head -n 1 | cut -d'"' -f2)
    [ -n "$GUIDE_PATH" ]
}

wire_search_path() { # QUERY (URL-encoded)
    printf '/search?q=%s' "$1"
}

# Synthetic rows for the two questions of size.

wire_many_items() { # FOLDER COUNT: implementing items for search, through the importer
    python3 bench/many_items.py "$2" >"$1/items.tsv"
    "$ROOT/build/tongban" import items "$1/items.tsv" --division 511602 --var "$1" >/dev/null
}

MANY_CASES_PAGE=30 # CASES_PAGE of cases_internal.h

wire_many_cases() { # FOLDER COUNT: cases of the demonstration person who is signed in
    sqlite3 "$1/tongban.db" >/dev/null <<SQL
INSERT INTO case_file (id, case_no, track_code, item, item_version, item_name, unit_id, division, applicant, organisation, agent, channel, status, step, role,
  state, situations, answers, created, submitted, received, accepted, due, due_order, yellow_at, red_at, paused, provisional, closed, result, opinion)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
SELECT i, printf('SYN%010d', i), 'AAAAAA', t.item_id, t.version, t.name, t.unit_id, t.division, t.subject, 0, 0, 'web', 'closed', '', '', '{}', '{}', NULL,
  1700000000000 + i, 1700000000000 + i, 1700000000000 + i, 1700000000000 + i, 0, 9223372036854775807, 0, 0, 0, 0, 1700000000000 + i, 'granted', NULL
FROM n, (SELECT i.id AS item_id, v.version, v.name, i.unit_id, i.division,
           (SELECT subject FROM session JOIN account a ON a.id = session.account WHERE a.realm = 1 ORDER BY opened DESC LIMIT 1) AS subject
         FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version ORDER BY i.id LIMIT 1) t;
SQL
}

wire_live_cases() { # FOLDER COUNT LIVE FIRST: cases of one department, running (LIVE 1) or closed
    sqlite3 "$1/tongban.db" >/dev/null <<SQL
INSERT INTO case_file (id, case_no, track_code, item, item_version, item_name, unit_id, division, applicant, organisation, agent, channel, status, step, role,
  state, situations, answers, created, submitted, received, accepted, due, due_order, yellow_at, red_at, paused, provisional, closed, result, opinion)
WITH RECURSIVE n(i) AS (SELECT $4 UNION ALL SELECT i + 1 FROM n WHERE i < $4 + $2 - 1)
SELECT i, printf('LIV%010d', i), 'AAAAAA', t.item_id, t.version, t.name, t.unit, t.area, t.subject, 0, 0, 'web', CASE WHEN $3 THEN 'reviewing' ELSE 'closed' END,
  CASE WHEN $3 THEN 'review' ELSE '' END, CASE WHEN $3 THEN 'reviewer' ELSE '' END, '{}', '{}', NULL, 1700000000000 + i, 1700000000000 + i, 1700000000000 + i,
  1700000000000 + i, 1900000000000 + i, 1900000000000 + i, 1890000000000 + i, 1900000000000 + i, 0, 0, CASE WHEN $3 THEN 0 ELSE 1700000000000 + i END,
  CASE WHEN $3 THEN 'open' ELSE 'granted' END, NULL
FROM n, (SELECT i.id AS item_id, v.version, v.name, o.unit AS unit, o.area || '' AS area, (SELECT MIN(subject) FROM account WHERE subject > 0) AS subject
         FROM account o, item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version
         WHERE o.roles = 'reviewer' AND o.unit = (SELECT MIN(u.id) FROM org_unit u WHERE u.name LIKE '%公安%' AND u.id IN (SELECT unit FROM account)) ORDER BY i.id LIMIT 1) t;
INSERT INTO case_waiting (case_id, role, step, unit_id, division, due_order, yellow_at, red_at, paused)
SELECT id, role, step, unit_id, division, due_order, yellow_at, red_at, paused FROM case_file WHERE case_no LIKE 'LIV%' AND role <> '' AND id >= $4;
SQL
}

OFFICER=public-security.review # whose inbox is measured

wire_officer() { # PORT FOLDER: the cookie of that officer
    python3 bench/session.py "$1" "$2" "$OFFICER" | sed -n 1p
}

wire_case_pages() { # two addresses: page 1 and page 10,000 of that list
    echo /me/cases
    echo "/me/cases?before=$((1000000 - 9999 * MANY_CASES_PAGE + 1))"
}

wire_services() { # FOLDER: services enough for thousands of drafts
    python3 bench/many_items.py 400 20 >"$1/services.tsv"
    "$ROOT/build/tongban" import items "$1/services.tsv" --division 511602 --var "$1" >/dev/null
}

wire_drafts() { # PORT FOLDER LOADER COUNT OUT: prepared submissions
    python3 bench/drafts.py "$1" "$2" "$3" "$2/tongban.db" "$4" "$5"
}

wire_system() { # PORT FOLDER: the key of a system with a permit
    python3 bench/calls.py "$1" "$2"
}

wire_people() { # FOLDER COUNT EVERY: fictional persons with records, every EVERYth with a live case, nobody serving
    build/exchange-bench people "$1" "$2" "$3"
}

wire_calls() { # KEY PEOPLE EVERY COUNT OUT: signed calls, each about another of those who have a case
    build/exchange-bench calls "$1" "$2" "$3" "$4" "$5"
}
