#!/usr/bin/env python3
"""Writes the C files that carry views, migrations, translations, schemas and assets inside the program.

    embed.py --root ROOT --out-dir DIR [--assets DIR] [--modules a,b,c] [--depfile FILE]

views.c       src/core/view/partials/NAME.html        -> "NAME"
              src/modules/M/views/NAME.html           -> "M/NAME"; site's layout*.html -> "layout…"
migrations.c  src/**/migrations/NNNN_name.sql, core/<part> first, then modules in the order of --modules
              (those not named there follow by alphabet)
lang.c        every *.po under src, ui/po and data, merged; one msgid has one msgstr
assets.c      every file under --assets, by its path below it
schemas.c     data/schema/**/*.json -> its "$id"
answers_text.c  docs/answers.txt

A file is only written when its content changes. Faults are told as `file:line: what` and end with 1.
"""
import argparse
import bisect
import hashlib
import json
import mimetypes
import pathlib
import re
import sys

LITERAL = 4000        # characters of one C string literal
INCBIN = 32 * 1024    # larger assets are taken in by the assembler
TYPES = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8", ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml", ".json": "application/json", ".txt": "text/plain; charset=utf-8",
    ".png": "image/png", ".jpg": "image/jpeg", ".ico": "image/x-icon", ".webp": "image/webp",
    ".woff2": "font/woff2", ".webmanifest": "application/manifest+json",
}


class Fault(Exception):
    pass


def literal(data, indent="    "):
    """Bytes as adjacent C string literals."""
    pieces, line = [], []
    length = 0
    for byte in data:
        char = chr(byte)
        if char == "\n":
            text = "\\n"
        elif char in "\"\\":
            text = "\\" + char
        elif 32 <= byte < 127 and char != "?":
            text = char
        else:
            text = f"\\{byte:03o}"
        line.append(text)
        length += len(text)
        if char == "\n" or length > LITERAL:
            pieces.append("".join(line))
            line, length = [], 0
    if line or not pieces:
        pieces.append("".join(line))
    return ("\n" + indent).join(f'"{piece}"' for piece in pieces)


class Inputs:
    """Files read and folders listed: what the build must watch."""

    def __init__(self):
        self.seen = set()

    def read(self, path):
        self.seen.add(path)
        return path.read_bytes()

    def walk(self, folder):
        if not folder.is_dir():
            return
        self.seen.add(folder)
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") or path.name in ("__pycache__", "node_modules"):
                continue
            if path.is_dir():
                yield from self.walk(path)
            else:
                yield path


# ---- views ----

def view_name(path):
    """Name of a template by its path below the root, None where it is none."""
    text = path.as_posix()
    match = re.fullmatch(r"src/core/view/partials/(.+)\.html", text)
    if match:
        return match.group(1)
    match = re.fullmatch(r"src/modules/([^/]+)/views/(.+)\.html", text)
    if not match:
        return None
    module, name = match.groups()
    return name if module == "site" and re.match("layout", name) else f"{module}/{name}"


def write_views(root, files, inputs):
    rows = {}
    for path in files:
        name = view_name(path.relative_to(root))
        if name is None:
            continue
        if name in rows:
            raise Fault(f"{path}:1: a view named {name} exists already: {rows[name]}")
        rows[name] = path
    out = ['#include "core/view/view.h"\n\n', "const struct view_source view_sources[] = {\n"]
    for name in sorted(rows, key=lambda n: n.encode()):
        data = inputs.read(rows[name])
        check_utf8(rows[name], data)
        out.append(f"    {{{literal(name.encode())},\n    {literal(data)},\n    {len(data)}}},\n")
    if not rows:
        out.append('    {"", "", 0},\n')
    out.append(f"}};\nconst size_t view_source_count = {len(rows)};\n")
    return "".join(out)


def check_utf8(path, data):
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault(f"{path}:{data.count(10, 0, error.start) + 1}: not UTF-8") from error


# ---- migrations ----

def write_migrations(root, files, inputs, order):
    chains = {}
    for path in files:
        below = path.relative_to(root).as_posix()
        match = re.fullmatch(r"src/(core/[^/]+|modules/[^/]+)/migrations/([^/]+\.sql)", below)
        if not match:
            continue
        name = re.fullmatch(r"(\d{4})_(\w+)\.sql", match.group(2))
        if not name:
            raise Fault(f"{path}:1: a migration is named NNNN_what.sql")
        chains.setdefault(match.group(1), []).append((int(name.group(1)), name.group(2), path))
    out = ['#include "core/db/db.h"\n\n', "const struct db_migration db_migrations[] = {\n"]
    count = 0

    def place(chain):
        module = chain.split("/")[1]
        if chain.startswith("core/"):
            return (0, 0, module)
        return (1, order.index(module) if module in order else len(order), module)

    for chain in sorted(chains, key=place):
        module = chain if chain.startswith("core/") else chain.split("/")[1]
        for expected, (number, name, path) in enumerate(sorted(chains[chain]), 1):
            if number != expected:
                raise Fault(f"{path}:1: migration {number:04} stands where {expected:04} is expected")
            data = inputs.read(path)
            check_utf8(path, data)
            if b"\0" in data:
                raise Fault(f"{path}:1: a zero byte")
            out.append(f'    {{"{module}", {number}, "{name}",\n    {literal(data)}}},\n')
            count += 1
    if not count:
        out.append('    {"", 0, "", ""},\n')
    out.append(f"}};\nconst size_t db_migration_count = {count};\n")
    return "".join(out)


# ---- translations ----

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def po_string(text, where):
    match = re.fullmatch(r'"((?:[^"\\]|\\.)*)"\s*', text)
    if not match:
        raise Fault(f"{where}: a quoted string is expected")

    def unescape(found):
        code = found.group(1)
        if code in ESCAPES:
            return ESCAPES[code]
        if code.startswith("x"):
            return chr(int(code[1:], 16))
        if code[0] in "01234567":
            return chr(int(code, 8))
        raise Fault(f"{where}: unknown escape \\{code}")

    return re.sub(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", unescape, match.group(1))


def po_entries(path, data):
    """Yields (line of msgid, {keyword: text}, flags) of every entry that is not obsolete."""
    entry, flags, line_of, keyword = {}, set(), 0, None
    for number, raw in enumerate(data.decode("utf-8-sig").split("\n"), 1):
        line = raw.strip()
        where = f"{path}:{number}"
        if line.startswith("#~"):
            continue
        if not line or line.startswith("#"):
            if "msgstr" in entry or (not line and entry):
                yield line_of, entry, flags
                entry, flags, keyword = {}, set(), None
            if line.startswith("#,"):
                flags.update(f.strip() for f in line[2:].split(","))
            continue
        match = re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s*(?=")', line)
        if match:
            keyword = match.group(1)
            if keyword == "msgid":
                if "msgstr" in entry:
                    yield line_of, entry, flags
                    entry, flags = {}, set()
                line_of = number
            if keyword in entry:
                raise Fault(f"{where}: {keyword} twice in one entry")
            if keyword not in ("msgid", "msgstr"):
                raise Fault(f"{where}: {keyword} is not used here")
            entry[keyword] = po_string(line[match.end():], where)
        elif line.startswith('"') and keyword:
            entry[keyword] += po_string(line, where)
        else:
            raise Fault(f"{where}: neither keyword nor string")
    if entry:
        yield line_of, entry, flags


def read_po(path, data, table):
    for line, entry, flags in po_entries(path, data):
        where = f"{path}:{line}"
        if "msgid" not in entry or "msgstr" not in entry:
            raise Fault(f"{where}: an entry needs msgid and msgstr")
        msgid, msgstr = entry["msgid"], entry["msgstr"]
        if not msgid:
            language = re.search(r"^Language:\s*(\S+)", msgstr, re.M)
            if language and language.group(1).replace("-", "_") != "zh_CN":
                raise Fault(f"{where}: Language is {language.group(1)}, zh_CN expected")
            continue
        if "fuzzy" in flags or not msgstr:
            continue
        if "\0" in msgid or "\0" in msgstr:
            raise Fault(f"{where}: a zero character")
        names = [set(re.findall(r"%\{[^}]*\}", text)) for text in (msgid, msgstr)]
        if names[1] - names[0]:
            raise Fault(f"{where}: the translation uses {', '.join(sorted(names[1] - names[0]))}, the msgid does not")
        if msgid in table and table[msgid][0] != msgstr:
            raise Fault(f"{where}: {msgid!r} is translated differently at {table[msgid][1]}")
        table.setdefault(msgid, (msgstr, where))


def lang_mark(msgid):
    """As lang_mark in src/core/i18n/i18n.c."""
    mark = len(msgid)
    for i in range(8 if msgid else 0):
        mark = (mark * 31 + msgid[(len(msgid) - 1) * i // 7]) % 2**32
    return mark


def write_lang(root, files, inputs):
    table = {}
    for path in files:
        if path.suffix == ".po":
            data = inputs.read(path)
            check_utf8(path, data)
            read_po(path.relative_to(root), data, table)
    buckets = 1
    while buckets < len(table):
        buckets *= 2
    rows = sorted((lang_mark(m.encode()) % buckets, m.encode(), t[0].encode()) for m, t in table.items())
    out = ['#include "core/i18n/i18n.h"\n\n', "static const struct lang_entry entries[] = {\n"]
    for _, msgid, msgstr in rows:
        out.append(f"    {{{{{literal(msgid)}, {len(msgid)}}},\n     {{{literal(msgstr)}, {len(msgstr)}}}}},\n")
    if not table:
        out.append('    {{"", 0}, {"", 0}},\n')
    begins = [bisect.bisect_left(rows, (bucket,)) for bucket in range(buckets + 1)]
    out.append(f"}};\nstatic const uint16_t from[] = {{{', '.join(map(str, begins))}}};\n")
    out.append(f'const struct lang lang_zh_cn = {{"zh-CN", entries, {len(table)}, from, {buckets}}};\n')
    return "".join(out)


# ---- schemas ----

def write_schemas(root, files, inputs):
    out = ['#include "engines/schema/schema_meta.h"\n\n', "const struct schema_text schema_texts[] = {\n"]
    count = 0
    for path in files:
        if path.suffix != ".json" or path.relative_to(root).parts[:2] != ("data", "schema"):
            continue
        try:
            document = json.loads(inputs.read(path))
        except ValueError as error:
            raise Fault(f"{path}:1: {error}") from error
        if "$id" not in document:
            raise Fault(f"{path}:1: a schema here needs its $id")
        data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        out.append(f"    {{{literal(document['$id'].encode())},\n    {literal(data)},\n    {len(data)}}},\n")
        count += 1
    out.append(f"}};\nconst size_t schema_text_count = {count};\n" if count else "    {0, 0, 0}};\nconst size_t schema_text_count = 0;\n")
    return "".join(out)


# ---- assets ----

def write_assets(folder, inputs):
    out = ['#include "core/http/assets.h"\n\n']
    rows = []
    for number, path in enumerate(sorted(inputs.walk(folder), key=lambda p: p.as_posix().encode()) if folder else []):
        data = inputs.read(path)
        name = path.relative_to(folder).as_posix()
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        etag = hashlib.sha256(data).hexdigest()[:20]
        if len(data) > INCBIN:
            out.append(f"extern const unsigned char asset_bytes_{number}[];\n"
                       # Global, since the optimiser of the whole may put table and bytes into different parts.
                       '__asm__(".globl asset_bytes_%d\\n.hidden asset_bytes_%d\\n.section .rodata\\n.balign 16\\n'
                       'asset_bytes_%d:\\n.incbin %s\\n.byte 0\\n.previous\\n");\n'
                       % (number, number, number, literal(literal(str(path.resolve()).encode()).encode())[1:-1]))
        else:
            out.append(f"static const unsigned char asset_bytes_{number}[] =\n    {literal(data)};\n")
        rows.append(f'    {{{literal(name.encode())}, "{kind}", "\\"{etag}\\"", asset_bytes_{number}, {len(data)}}},\n')
    out.append("\nconst struct asset assets[] = {\n")
    out.extend(rows or ["    {0},\n"])
    out.append(f"}};\nconst size_t asset_count = {len(rows)};\n")
    return "".join(out)


# ---- what answers look like ----

def write_answers(path, inputs):
    data = inputs.read(path)
    check_utf8(path, data)
    return ('#include "core/http/answers.h"\n\n'
            f"struct str answers_text(void)\n{{\n    return STR(\n    {literal(data)});\n}}\n")


def write_changed(path, text):
    data = text.encode()
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--out-dir", required=True, type=pathlib.Path)
    parser.add_argument("--assets", default="", help="folder with the built stylesheet, scripts and icons; may be absent")
    parser.add_argument("--modules", default="", help="order of the modules' migrations, comma separated")
    parser.add_argument("--depfile", type=pathlib.Path)
    options = parser.parse_args()
    root = options.root.resolve()
    assets = pathlib.Path(options.assets).resolve() if options.assets else None
    inputs = Inputs()
    try:
        files = [p for part in ("src", "ui/po", "data") for p in inputs.walk(root / part)]
        order = [m for m in re.split(r"[,\s]+", options.modules) if m]
        written = {
            "views.c": write_views(root, files, inputs),
            "migrations.c": write_migrations(root, files, inputs, order),
            "lang.c": write_lang(root, files, inputs),
            "schemas.c": write_schemas(root, files, inputs),
            "answers_text.c": write_answers(root / "docs/answers.txt", inputs),
            "assets.c": write_assets(assets if assets and assets.is_dir() else None, inputs),
        }
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    options.out_dir.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        write_changed(options.out_dir / name, text)
    if options.depfile:
        watched = sorted(str(p).replace("\\", "\\\\").replace(" ", "\\ ") for p in inputs.seen)
        options.depfile.write_text("views.c: \\\n " + " \\\n ".join(watched) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
