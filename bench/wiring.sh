# What the measurements know about the program: its options and addresses. Sourced by bench/run.sh.
# shellcheck shell=bash disable=SC2034

GUIDE_PATH=/ # set by wire_guide: the address of one guide page
SUBMIT_PATH=/cases
SUBMIT_BODY='csrf={csrf}&token={token}&subject=bench'

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

# Synthetic rows for the two questions of size. A function that is not there leaves its line "not measured".
#   wire_many_items FOLDER COUNT     implementing items for search
#   wire_many_cases FOLDER COUNT     cases of one person's list
#   wire_case_pages BASE               prints two addresses: page 1 and page 10,000 of that list
