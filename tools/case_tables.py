#!/usr/bin/env python3
"""Writes src/engines/feel/feel_case_tables.c: upper and lower case of Unicode without a locale.

Ranges of letters whose other case lies at one distance, and letters that become several. The version is that of
python3's unicodedata. clang-format goes over the result.
"""
import sys
import unicodedata

COLUMNS = 110


def mappings(change):
    """One-to-one and one-to-many, in order."""
    single, many = [], []
    for point in range(sys.maxunicode + 1):
        if 0xD800 <= point <= 0xDFFF:
            continue
        other = [ord(c) for c in change(chr(point))]
        if len(other) > 1:
            many.append((point, other))
        elif other != [point]:
            single.append((point, other[0] - point))
    return single, many


def ranges(single):
    """[first, last, step, distance], as long as the distance stays and the letters follow by one or by two."""
    out = []
    for point, distance in single:
        last = out[-1] if out else None
        if last and last[3] == distance:
            gap = point - last[1]
            if gap == last[2] or (last[0] == last[1] and gap in (1, 2)):
                last[1], last[2] = point, gap
                continue
        out.append([point, point, 1, distance])
    return out


def write_rows(out, rows):
    line = "   "
    for row in rows:
        if len(line) + len(row) + 2 > COLUMNS:
            out.append(line)
            line = "   "
        line += " " + row + ","
    out.append(line)


def write_table(out, name, change):
    single, many = mappings(change)
    out.append(f"const struct feel_case_range feel_{name}_ranges[] = {{")
    write_rows(out, [f"{{0x{a:X}, 0x{b:X}, {step}, {distance}}}" for a, b, step, distance in ranges(single)])
    out.append("};")
    out.append(f"const size_t feel_{name}_range_count = sizeof feel_{name}_ranges / sizeof *feel_{name}_ranges;\n")
    out.append(f"const struct feel_case_special feel_{name}_specials[] = {{")
    write_rows(out, [f"{{0x{a:X}, {{{', '.join(f'0x{b:X}' for b in to)}}}}}" for a, to in many])
    out.append("};")
    out.append(f"const size_t feel_{name}_special_count = sizeof feel_{name}_specials / sizeof *feel_{name}_specials;\n")


def main():
    out = [f"/* Letters with an upper or lower case, Unicode {unicodedata.unidata_version}: made by tools/case_tables.py. */",
           '#include "engines/feel/feel_case.h"', ""]
    write_table(out, "upper", str.upper)
    write_table(out, "lower", str.lower)
    out[-1] = out[-1].rstrip("\n")
    with open("src/engines/feel/feel_case_tables.c", "w", encoding="ascii") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
