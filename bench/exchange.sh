# What a call of the exchange costs, by the number of people, beside one SM2 signature, nginx and a gateway of the usual
# kind. Sourced by bench/run.sh.
# shellcheck shell=bash disable=SC2153,SC2154

CALLS=150000
CALLERS=192 # connections
NODE_CALLS=1500

# One run of prepared calls, each sent once: `calls/s p50 p99 wrong count together`
call() { # PORT FILE
    taskset -c 1 "$dir/submit_load" "$1" "$CALLERS" "$2" | awk '$1 == "RESULT" { print $2, $3, $4, $5, $6, $7 }'
}

# Sets ours and our_cpu: calls about those of PEOPLE who have a live case, every EVERYth, after some to warm up.
calls_of() { # PEOPLE EVERY
    local before after
    rm -rf "$dir/people"
    cp -r "$dir/exchange" "$dir/people"
    wire_people "$dir/people" "$1" "$2"
    start_tongban "$dir/people"
    wire_calls "$key" "$1" "$2" 20000 "$dir/calls.warm"
    call "${base##*:}" "$dir/calls.warm" >/dev/null
    wire_calls "$key" "$1" "$2" "$CALLS" "$dir/calls.lines"
    before=$(cpu_ticks "$server")
    read -ra ours < <(call "${base##*:}" "$dir/calls.lines")
    after=$(cpu_ticks "$server")
    our_cpu=$(per $(((after - before) * 10000)) "${ours[4]}")
    stop_tongban
}

node_gateway() { # sets node: its calls/s and the rest
    local port pid
    ensure_npm tests && ensure_npm bench/node-baseline
    wire_calls "$key" 10000 1 "$NODE_CALLS" "$dir/node.lines"
    head -n 300 "$dir/node.lines" >"$dir/node.warm"
    tail -n +301 "$dir/node.lines" >"$dir/node.rest"
    port=$(free_port)
    taskset -c 0 "$NODE" bench/node-baseline/gateway.mjs "$port" "$dir/gateway.db" "$key" "$dir/node.lines" >"$dir/node.log" 2>&1 &
    pid=$!
    pids+=("$pid")
    wait_for "http://127.0.0.1:$port/ready"
    call "$port" "$dir/node.warm" >/dev/null
    read -ra node < <(call "$port" "$dir/node.rest")
    kill "$pid"
}

bench_exchange() {
    local key ours our_cpu node single smallest sync people every first acts
    gcc -O2 -D_GNU_SOURCE -o "$dir/submit_load" bench/submit_load.c
    gcc -O2 -D_GNU_SOURCE -o "$dir/sqlite_loop" bench/sqlite_loop.c -lsqlite3
    ninja -C build exchange-bench evidence-bench >"$dir/ninja.log" 2>&1 || { cat "$dir/ninja.log" >&2; die "exchange-bench does not build"; }
    stop_tongban
    cp -r "$dir/main" "$dir/exchange"
    start_tongban "$dir/exchange"
    key=$(wire_system "${base##*:}" "$dir/exchange")
    stop_tongban

    single=$(taskset -c 0 openssl speed -seconds 3 sm2 2>/dev/null | awk '/bits SM2/ { print $(NF - 1) }')
    read -ra smallest < <(HEADERS='' load get.lua 64 "$nginx_url/x.html")
    taskset -c 0 "$dir/sqlite_loop" "$dir/loop.db" 2 >"$dir/loop"
    sync=$(awk '$1 == "FDATASYNC" { print $2 }' "$dir/loop")
    node_gateway

    for people in 10000 1000000 ${TB_BENCH_LARGE:+10000000/10 10000000}; do
        every=1
        [[ $people != */* ]] || every=${people#*/}
        people=${people%/*}
        calls_of "$people" "$every"
        : "${first:=$our_cpu}"
        row "masked query for a live case, signed both ways, on record, $people people, $((people / every)) of them with one, $CALLERS connections" \
            "$(figures "${ours[@]:0:4}"), $our_cpu µs CPU each, ${ours[5]} answers under one signature" \
            "10,000 people: $first µs CPU each (fdatasync $sync µs)" "$(per "$our_cpu" "$first") (CPU)" "≥ 13,585/s, p99 ≤ 30 ms, 0 wrong; flat"
        [ "$people" = 1000000 ] || continue
        row "the same" "" "one SM2 signature each, OpenSSL: $single/s" "$(per "${ours[0]}" "$single")" "≥ 5"
        row "the same" "" "nginx, one byte: $(figures "${smallest[@]}")" "$(per "${ours[0]}" "${smallest[0]}")" "≥ 0.15"
        row "the same" "" "Node, fastify + SQLite + sm-crypto: $(figures "${node[@]:0:4}")" "$(per "${ours[0]}" "${node[0]}")" "≥ 15"
    done
    rm -rf "$dir/people"

    mkdir "$dir/evidence"
    acts=$(taskset -c 0 build/evidence-bench "sqlite:$dir/evidence/acts.db" "$dir/evidence" 4 |
        python3 -c 'import json, sys
for line in sys.stdin:
    one = json.loads(line)
    print("%d waiting: %d/s, %.1f µs CPU each" % (one["waiting"], one["acts_per_second"], one["cpu_us_each"]), end="; ")')
    row "durable evidence, one act one write, one core" "${acts%; }" "–" "–" "≥ 20,000/s"
    start_tongban "$dir/main"
}
