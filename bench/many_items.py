#!/usr/bin/env python3
"""Prints COUNT lines of a list of implementing items, as departments publish them: the shipped names in many made-up towns.

One in four carries the plain name and so rests on the shipped facts; the rest name their town, as the long lists do.
bench/many_items.py COUNT [TYPE]: with a type, only services for persons, all of that type"""
import glob
import json
import os
import sys

BASE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "catalogue")
FIRST = "千石清平临安永兴太和新白青龙金凤双河东林南坝北川西山高桥长乐古柳大石小溪红岩黄泥天池云雾梅"
LAST = "佛桥溪河坪湾垭坝场口岩泉塘岭沟"


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


base = [item for path in sorted(glob.glob(os.path.join(BASE, "base", "*.json"))) for item in load(path)]
kind = sys.argv[2] if len(sys.argv) > 2 else None
if kind:
    base = [item for item in base if "person" in item["for"] and "full" not in item]
towns = [a + b + end for end in ("镇", "乡", "街道") for a in FIRST for b in LAST]
print("item_code\ttask_type\tdept\tdept_code\tmain_item\tname")
for n in range(int(sys.argv[1])):
    item, town = base[n % len(base)], towns[n // len(base) % len(towns)]
    name = item["name"] if n // len(base) % 4 == 0 else f"{item['name']}（{town}）"
    print(f"{n:08d}-synthetic\t{kind or item['type']}\t{town}{item['department']}\t\t{'' if n % 2 else item['name']}\t{name}")
