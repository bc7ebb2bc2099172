# Shared by ./dev and the scripts in tools/: words on the terminal, stamps, packages.
# shellcheck shell=bash
# Sourced with ROOT set to the top of the checkout.

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
note() { printf '  %s\n' "$*" >&2; }
die() { printf '\033[31m%s\033[0m\n' "$*" >&2; exit 1; }

# progress LABEL: reads `<percent> [words]` lines and draws a bar; without a terminal prints each quarter once.
progress() {
    local label=$1 percent words last=-1 width=30 filled quarter began=$SECONDS
    while read -r percent words; do
        percent=${percent%%.*}
        [[ $percent =~ ^[0-9]+$ ]] || continue
        ((percent > 100)) && percent=100
        if [ -t 2 ]; then
            filled=$((percent * width / 100))
            printf '\r  %-26s [%s%s] %3d%% %-28.28s' "$label" \
                "$(printf '%*s' "$filled" '' | tr ' ' '#')" \
                "$(printf '%*s' $((width - filled)) '')" "$percent" "$words" >&2
        else
            quarter=$((percent / 25))
            if ((quarter > last)); then
                printf '  %-26s %3d%%\n' "$label" $((quarter * 25)) >&2
                last=$quarter
            fi
        fi
    done
    [ -t 2 ] && printf '\r  %-26s done in %d s%*s\n' "$label" $((SECONDS - began)) 50 '' >&2
    return 0
}

# waiting LABEL LOGFILE COMMAND…: runs a command whose length is unknown; shows that it lives; on failure shows its log.
waiting() {
    local label=$1 log=$2 began=$SECONDS pid rc=0
    shift 2
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    if [ -t 2 ]; then
        while kill -0 "$pid" 2>/dev/null; do
            printf '\r  %-26s %3d s' "$label" $((SECONDS - began)) >&2
            sleep 0.3
        done
    else
        printf '  %-26s …\n' "$label" >&2
    fi
    wait "$pid" || rc=$?
    if ((rc)); then
        printf '\n' >&2
        tail -n 40 "$log" >&2
        die "$label failed; its whole output is in $log"
    fi
    printf '%s  %-26s done in %d s\n' "$([ -t 2 ] && printf '\r')" "$label" $((SECONDS - began)) >&2
}

# digest_of PATH…: one digest over the contents and names of the files (folders are walked, packages left out).
digest_of() {
    find "$@" \( -name node_modules -o -name .git \) -prune -o -type f -print0 2>/dev/null |
        LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -c1-32
}

# stamp_is NAME DIGEST / stamp_set NAME DIGEST: remembers that step NAME was done for that input.
stamp_is() { [ "$(cat "$ROOT/build/.stamps/$1" 2>/dev/null)" = "$2" ]; }
stamp_set() {
    mkdir -p "$ROOT/build/.stamps"
    printf '%s\n' "$2" >"$ROOT/build/.stamps/$1"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "Installing packages needs root or sudo; as root run: $*"
    fi
}

# packages_of SET…: `name command` lines of tools/packages.txt
packages_of() {
    awk -v sets=" $* " '
        { sub(/[ \t]*#.*/, "") }
        /^\[/ { gsub(/[][]/, ""); on = index(sets, " " $1 " ") > 0; next }
        on && NF { command = "-"; if ($2 ~ /^cmd=/) command = substr($2, 5); print $1, command }
    ' "$ROOT/tools/packages.txt"
}

# ensure_packages SET…: installs what is missing; costs one dpkg-query when nothing is.
ensure_packages() {
    local missing=() have name command
    # shellcheck disable=SC2016 # the ${…} is dpkg-query's
    have=$(packages_of "$@" | cut -d' ' -f1 |
        xargs dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '$1 == "ii" { print $2 }' || true)
    while read -r name command; do
        grep -qxF "$name" <<<"$have" && continue
        [ "$command" != - ] && command -v "$command" >/dev/null && continue
        missing+=("$name")
    done < <(packages_of "$@")
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || die "Missing: ${missing[*]}. Only Debian 12 is set up by itself."
    say "Installing ${#missing[@]} Debian packages"
    note "${missing[*]}"
    waiting "package lists" "$ROOT/build/log/apt-update.log" as_root apt-get -q update
    apt_install "${missing[@]}"
}

# A freshly installed PostgreSQL would make and start a cluster of its own: not wanted on somebody's machine.
apt_install() {
    local log=$ROOT/build/log/apt-install.log policy=/etc/postgresql-common/createcluster.d/tongban.conf made='' rc=0
    mkdir -p "$ROOT/build/log"
    if [[ " $* " == *" postgresql-15 "* ]] && [ ! -e /etc/postgresql-common ]; then
        as_root mkdir -p /etc/postgresql-common/createcluster.d
        printf 'create_main_cluster = false\n' | as_root tee "$policy" >/dev/null
        made=1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
        -o Dpkg::Use-Pty=0 -o APT::Status-Fd=3 -o Dpkg::Lock::Timeout=120 install "$@" \
        3> >(awk -F: '/^(dlstatus|pmstatus):/ { half = ($1 == "dlstatus") ? $3 / 2 : 50 + $3 / 2; print half, $2; fflush() }' |
            progress "apt") >"$log" 2>&1 </dev/null || rc=$?
    [ -n "$made" ] && as_root rm -f "$policy"
    if ((rc)); then
        tail -n 20 "$log" >&2
        die "apt-get failed; its whole output is in $log"
    fi
}

# ensure_npm FOLDER: `npm ci` when the lock file changed.
ensure_npm() {
    local folder=$1 name digest
    name=npm-${folder//\//-}
    digest=$(sha256sum <"$ROOT/$folder/package-lock.json" | cut -c1-32)
    [ -f "$ROOT/$folder/node_modules/.package-lock.json" ] && stamp_is "$name" "$digest" && return 0
    waiting "npm packages of $folder/" "$ROOT/build/log/$name.log" \
        env -C "$ROOT/$folder" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    stamp_set "$name" "$digest"
}

# sources_changed FOLDER: has the list of C files changed since FOLDER was configured? Remembers it. Meson reads the list only then.
sources_changed() {
    local now
    now=$(cd "$ROOT" && for kind in code tests testing fuzz; do tools/sources "$kind"; done | sha256sum | cut -c1-32)
    [ "$(cat "$1/.sources" 2>/dev/null)" != "$now" ] || return 1
    printf '%s\n' "$now" >"$1/.sources"
}
