#!/usr/bin/env bash
# Run every libFuzzer program of a build folder, one after another, SECONDS in all: what anybody can reach from outside three
# times as long as what a signed-in officer hands in. Seeds come from
# tests/fuzz/corpus/NAME, what is found goes to FOLDER/corpus/NAME, what breaks to FOLDER/broken/. Only the branches of the
# sources that tests/fuzz/followed.txt lists are followed: a new fuzzer adds its own, and one that sees no branch fails.
#
#   tools/fuzz.sh FOLDER [SECONDS]        ends with `N passed, N failed`: one for each fuzzer
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

folder=${1:?folder}
seconds=${2:-300}
outside=' wire request forms json view manifest pdf_check upload image '
[[ $seconds =~ ^[0-9]+$ ]] || { echo "tools/fuzz.sh needs a number of seconds" >&2; exit 2; }
mapfile -t targets < <(find "$folder" -maxdepth 1 -type f -executable -name 'fuzz_*' | LC_ALL=C sort)
((${#targets[@]})) || { echo "no fuzzer was built in $folder"; echo "0 passed, 1 failed"; exit 1; }

weight() { if [[ $outside == *" $1 "* ]]; then echo 3; else echo 1; fi; } # NAME
whole=0
for target in "${targets[@]}"; do
    name=$(basename "$target")
    whole=$((whole + $(weight "${name#fuzz_}")))
done

passed=0 failed=0
mkdir -p "$folder/broken"
for target in "${targets[@]}"; do
    name=$(basename "$target")
    name=${name#fuzz_}
    share=$((seconds * $(weight "$name") / whole))
    ((share >= 5)) || share=5
    found=$folder/corpus/$name
    mkdir -p "$found"
    folders=("$found")
    [ -d "tests/fuzz/corpus/$name" ] && folders+=("tests/fuzz/corpus/$name")
    options=(-max_total_time="$share" -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=512 -print_final_stats=1 -verbosity=0
        -artifact_prefix="$folder/broken/$name-")
    [ -f "tests/fuzz/$name.dict" ] && options+=(-dict="tests/fuzz/$name.dict")
    if "$target" "${options[@]}" "${folders[@]}" >"$folder/$name.log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/$name.log")
        if [ "${runs:-0}" -gt 0 ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
        fi
        echo "$name: ${runs:-no} runs in $share s, corpus $(find "${folders[@]}" -type f | wc -l) files"
    else
        failed=$((failed + 1))
        echo "$name: broken; the input lies in $folder/broken/"
        tail -n 40 "$folder/$name.log"
    fi
done
echo "$passed passed, $failed failed"
((failed == 0))
