#!/usr/bin/env python3
"""Check the shipped catalogue (data/catalogue).

  check_catalogue.py                        structure of every file
  check_catalogue.py --laws DIR|TAR.GZ      also every fact against the article it names
  check_catalogue.py --items TSV            also department, audience and theme of a real list
  check_catalogue.py --queries              also the query list, ranked over the shipped catalogue and the list
  check_catalogue.py --sample N             with --items: print N classified items for reading

The law library is a tree of Markdown files, one law a file, named LAW(YYYY-MM-DD).md; the newest
version of a law counts. Exit status 0 when nothing was refused, 1 otherwise.
"""
import argparse
import csv
import json
import math
import os
import random
import re
import sys
import tarfile
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
CATALOGUE = os.path.join(HERE, "..", "data", "catalogue")

ITEM_KEYS = [
    "code", "name", "en", "aliases", "words", "type", "department", "for", "themes", "result", "basis",
    "statutory_limit", "conditions", "materials", "fees", "free", "free_basis", "steps", "visits",
    "limits_of_number", "validity", "questions", "demonstration",
]
TYPES = {"01", "04", "05", "07", "08", "09", "10", "20"}
RESULTS = {"licence", "document", "record", "payment", "answer"}
UNITS = {"hour", "day", "working_day", "month", "year"}
NEEDS = {"required", "optional", "deferrable"}
FORMS = {"electronic", "paper", "either"}
SOURCES = {"applicant", "government"}
KINDS = {"original", "copy", "both"}
SOME_HAVE = {"commitment", "commitment_text", "on_site_reason", "yearly"}
CITING = ("commitment_text", "on_site_reason", "yearly")  # elements in words that end with the articles they rest on
CITATION = re.compile(r"《([^》]+)》(第[^条，、）]+条(?:之[一二三四五六七八九十]+)?)")
OTHER = "999"

DIGITS = "零一二三四五六七八九"


class Report:
    """Counts facts and keeps refusals with the place they stand in."""

    def __init__(self):
        self.facts = 0
        self.shapes = 0
        self.refused = []

    def refuse(self, place, why):
        self.refused.append((place, why))

    def need(self, ok, place, why):
        self.shapes += 1
        if not ok:
            self.refuse(place, why)
        return ok

    def fact(self, ok, place, why):
        self.facts += 1
        if not ok:
            self.refuse(place, why)
        return ok


def chinese_number(n):
    """1..999 as it stands in a statute: 15 -> 十五, 20 -> 二十, 105 -> 一百零五."""
    out = ""
    if n >= 100:
        out += DIGITS[n // 100] + "百"
        n %= 100
        if 0 < n < 10:
            out += "零"
        elif 10 <= n < 20:
            out += "一"
    if n >= 10:
        if n >= 20:
            out += DIGITS[n // 10]
        out += "十"
        n %= 10
    if n:
        out += DIGITS[n]
    return out


def number_from_chinese(text):
    """The value of a Chinese numeral below ten thousand, or None."""
    total = section = 0
    for ch in text:
        if ch in DIGITS:
            section = DIGITS.index(ch)
        elif ch == "两":
            section = 2
        elif ch in "十百千":
            unit = {"十": 10, "百": 100, "千": 1000}[ch]
            total += (section or 1) * unit
            section = 0
        else:
            return None
    return total + section


# ---- the law library ---------------------------------------------------------------------------


class Laws:
    """Articles of the newest version of each law, read on demand."""

    ARTICLE = re.compile(
        r"^[\s\u3000#*]*(第[一二三四五六七八九十百千零〇]+条(?:之[一二三四五六七八九十]+)?)[\s\u3000*]*(.*)$"
    )

    def __init__(self, path):
        self.newest = {}
        self.parsed = {}
        if os.path.isdir(path):
            for folder, _, files in os.walk(path):
                for name in files:
                    self._offer(name, os.path.join(folder, name))
            self.archive = None
        else:
            self.archive = tarfile.open(path)
            for member in self.archive.getmembers():
                if member.isfile():
                    self._offer(os.path.basename(member.name), member)

    def _offer(self, name, where):
        if not name.endswith(".md") or name.startswith("_"):
            return
        stem = name[:-3]
        m = re.match(r"^(.*)\((\d{4}-\d\d-\d\d)\)$", stem)
        law, date = (m.group(1), m.group(2)) if m else (stem, "9999")
        if law not in self.newest or date > self.newest[law][0]:
            self.newest[law] = (date, where)

    def article(self, law, number):
        """Text of an article, or None."""
        if law not in self.newest:
            return None
        if law not in self.parsed:
            where = self.newest[law][1]
            if self.archive:
                text = self.archive.extractfile(where).read().decode("utf-8")
            else:
                with open(where, encoding="utf-8") as f:
                    text = f.read()
            articles, current = {}, None
            for line in text.splitlines():
                m = self.ARTICLE.match(line)
                if m:
                    current = m.group(1)
                    articles[current] = m.group(2)
                elif current and line.strip() and not line.startswith("#"):
                    articles[current] += "\n" + line.strip()
            self.parsed[law] = articles
        return self.parsed[law].get(number)


UNIT_WORDS = "个工作日|工作日|个小时|小时|日内|日|天|个月|月|周年|周岁|年|岁|元|万元|倍|平方米|千克|公斤|吨|米|人|条|名|次|户|级"
COUNT = re.compile(r"(第)?([一二三四五六七八九十百千两]+|\d[\d,]*)(多)?(" + UNIT_WORDS + ")")


def says_number(article, value, unit):
    """Whether an article states the number VALUE with a unit word that begins like UNIT."""
    for m in COUNT.finditer(article.replace("，", "").replace(" ", "")):
        n = int(m.group(2).replace(",", "")) if m.group(2)[0].isdigit() else number_from_chinese(m.group(2))
        if n == value and unit_class(m.group(4)) == unit:
            return True
    return False


def unit_class(word):
    for key in ("工作日", "小时", "月", "周岁", "岁"):
        if key in word:
            return {"周岁": "岁"}.get(key, key)
    return {"日内": "日", "天": "日", "周年": "年"}.get(word, word)


def claimed_numbers(text):
    """(value, unit) pairs that a text of ours claims."""
    for m in COUNT.finditer(text.replace(",", "")):
        if m.group(1) or m.group(2) in ("一", "两") and unit_class(m.group(4)) in ("次", "人", "条", "名"):
            continue
        n = int(m.group(2)) if m.group(2)[0].isdigit() else number_from_chinese(m.group(2))
        yield n, unit_class(m.group(4)), m.group(0)


def check_against_laws(items, laws, report):
    for place, item in items:
        check_general_limit(place, item, laws, report)
        for where, basis, text, limit in facts_of(item):
            spot = "%s %s %s" % (place, item["code"], where)
            article = laws.article(basis["law"], basis["article"])
            if not report.fact(article is not None, spot, "no %s%s in the library" % (basis["law"], basis["article"])):
                continue
            if limit:
                unit = {"day": "日", "working_day": "工作日", "hour": "小时", "month": "月", "year": "年"}[limit["unit"]]
                # The general licensing law counts every day of its own as a working day (art. 82).
                if basis["law"] == "行政许可法" and unit == "工作日":
                    unit = "日"
                report.fact(says_number(article, limit["value"], unit), spot, "%s%s does not say %d%s"
                            % (basis["law"], basis["article"], limit["value"], unit))
            for value, unit, words in claimed_numbers(text or ""):
                alt = {"工作日": ("工作日",), "岁": ("岁",)}.get(unit, (unit,))
                report.fact(any(says_number(article, value, u) for u in alt), spot,
                            "%s%s does not say %s" % (basis["law"], basis["article"], words))


GENERAL_LIMIT = {"law": "行政许可法", "article": "第四十二条"}
OWN_LIMIT = re.compile(r"自(?:受理|收到|接到)[^，。；]{0,40}起[^，。；]{0,6}?[一二三四五六七八九十百\d]+(?:个工作)?(?:日|天|个月)内?")


def check_general_limit(place, item, laws, report):
    """The general limit stands only for licences whose own articles state none."""
    limit = item["statutory_limit"]
    if not limit or limit["basis"] != GENERAL_LIMIT:
        return
    spot = "%s %s statutory_limit" % (place, item["code"])
    report.fact(item["type"] == "01" and limit["unit"] == "working_day", spot, "the general limit is for licences, in working days")
    for b in item["basis"] or []:
        own = OWN_LIMIT.search(laws.article(b["law"], b["article"]) or "")
        report.fact(not own, spot, "%s%s states its own: %s" % (b["law"], b["article"], own.group(0) if own else ""))


def facts_of(item):
    """Every (where, basis, our text, limit) of an item."""
    for i, b in enumerate(item["basis"] or []):
        yield "basis[%d]" % i, b, None, None
    for key in ("statutory_limit", "validity"):
        if item[key]:
            yield key, item[key]["basis"], item[key].get("note"), item[key]
    for key in ("conditions", "steps"):
        for i, c in enumerate(item[key] or []):
            yield "%s[%d]" % (key, i), c["basis"], c["text"], None
    for i, m in enumerate(item["materials"] or []):
        if m["basis"]:
            yield "materials[%d]" % i, m["basis"], None, None
    for key in CITING:
        for law, article in CITATION.findall(item.get(key) or ""):
            yield key, {"law": law, "article": article}, CITATION.sub("", item[key]), None
    for i, f in enumerate(item["fees"] or []):
        yield "fees[%d]" % i, f["basis"], f["amount"], None
    if item["free_basis"]:
        yield "free_basis", item["free_basis"], None, None
    for i, q in enumerate(item["questions"] or []):
        if q["basis"]:
            yield "questions[%d]" % i, q["basis"], q["a"], None


# ---- structure ---------------------------------------------------------------------------------


def read_json(name, report):
    path = os.path.join(CATALOGUE, name)
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError) as e:
        report.refuse(name, str(e))
        return None


def is_text(v):
    return isinstance(v, str) and v.strip() == v and v != ""


def is_texts(v):
    return isinstance(v, list) and all(is_text(x) for x in v)


def is_basis(v):
    return (isinstance(v, dict) and set(v) == {"law", "article"} and is_text(v["law"])
            and re.fullmatch(r"第[一二三四五六七八九十百千零〇]+条(之[一二三四五六七八九十]+)?", v["article"]) is not None)


def check_item(place, item, kinds, themes, report):
    """Whether an item has the shape the program reads; refusals are reported."""
    if not report.need(isinstance(item, dict) and [k for k in item if k not in SOME_HAVE] == ITEM_KEYS, place, "keys differ from the schema: %s"
                       % sorted(set(item) ^ set(ITEM_KEYS))):
        return False
    spot = "%s %s" % (place, item["code"])
    before = len(report.refused)

    def need(ok, why):
        report.need(ok, spot, why)

    need(re.fullmatch(r"BI-\d{4}", item["code"]) is not None, "code")
    need(is_text(item["name"]) and is_text(item["en"]), "name and en")
    need(is_texts(item["aliases"]) and is_texts(item["words"]), "aliases and words")
    need(item["type"] in TYPES, "type")
    need(item["department"] in kinds, "unknown department kind")
    need(place.split("/")[-1] == item["department"] + ".json", "stands in another department's file")
    need(item["for"] and set(item["for"]) <= {"person", "legal"}, "for")
    for who in ("person", "legal"):
        need(set(item["themes"][who]) <= set(themes[who]), "unknown theme for " + who)
        need(bool(item["themes"][who]) == (who in item["for"]), "themes and audience differ for " + who)
    r = item["result"]
    need(r is None or set(r) == {"kind", "name"} and r["kind"] in RESULTS and is_text(r["name"]), "result")
    need(item["basis"] is None or item["basis"] and all(is_basis(b) for b in item["basis"]), "basis")
    for key in ("statutory_limit", "validity"):
        v = item[key]
        need(v is None or isinstance(v["value"], int) and v["value"] > 0 and v["unit"] in UNITS and is_basis(v["basis"]), key)
    for key in ("conditions", "steps"):
        for c in item[key] or []:
            need(set(c) == {"text", "basis"} and is_text(c["text"]) and is_basis(c["basis"]), key)
    need(item.get("commitment") in (None, "yes", "no"), "commitment")
    for key in CITING:
        need(key not in item or is_text(item[key]) and CITATION.search(item[key]) is not None, key + " names no article")
    ids = set()
    for m in item["materials"] or []:
        need(set(m) - {"kind"} == {"id", "name", "en", "need", "form", "source", "licence", "basis"}, "material keys")
        need(re.fullmatch(r"[a-z0-9-]+", m["id"]) is not None and m["id"] not in ids, "material id " + m["id"])
        ids.add(m["id"])
        need(is_text(m["name"]) and is_text(m["en"]) and m["need"] in NEEDS and m["form"] in FORMS
             and m.get("kind", "copy") in KINDS and m["source"] in SOURCES and (m["licence"] is None or is_text(m["licence"])), "material " + m["id"])
        need(m["basis"] is None or is_basis(m["basis"]), "material basis " + m["id"])
    for f in item["fees"] or []:
        need(set(f) == {"name", "amount", "basis"} and is_text(f["name"]) and is_basis(f["basis"]), "fee")
    need(item["free"] in (True, False, None) and (item["free"] is None or is_basis(item["free_basis"])), "free without basis")
    need(item["visits"] is None or isinstance(item["visits"], int), "visits")
    for q in item["questions"] or []:
        need(set(q) == {"q", "q_en", "a", "a_en", "basis"} and all(is_text(q[k]) for k in ("q", "q_en", "a", "a_en"))
             and (q["basis"] is None or is_basis(q["basis"])), "question")
    need(isinstance(item["demonstration"], bool), "demonstration")
    return len(report.refused) == before


def load(report):
    """Everything in data/catalogue that this program knows, checked for structure."""
    deps = read_json("departments.json", report) or []
    kinds = {}
    words = {}
    for d in deps:
        report.need(set(d) == {"kind", "name", "en", "words", "ask"} and is_text(d["name"]) and is_text(d["en"])
                    and is_texts(d["words"]), "departments.json", "row %s" % d.get("kind"))
        report.need(d["kind"] not in kinds, "departments.json", "kind twice: " + d["kind"])
        kinds[d["kind"]] = d
        for w in d["words"]:
            report.need(w not in words, "departments.json", "word twice: " + w)
            words[w] = d["kind"]
    for kind, d in kinds.items():
        report.need(department_kind(d["name"], kinds) == kind, "departments.json", "name does not find its own kind: " + kind)
    rules = read_json("themes.json", report) or {"person": [], "legal": [], "audience": {}}
    themes = {}
    for who in ("person", "legal"):
        themes[who] = {}
        for t in rules[who]:
            report.need(set(t) == {"code", "name", "en", "words", "not", "departments"} and re.fullmatch(r"\d{3}", t["code"])
                        and is_texts(t["words"]) and is_texts(t["not"]), "themes.json", "%s %s" % (who, t.get("code")))
            report.need(set(t["departments"]) <= set(kinds), "themes.json", "unknown department in " + t["code"])
            report.need(t["code"] not in themes[who], "themes.json", "code twice: " + t["code"])
            themes[who][t["code"]] = t
    items, codes, names = [], {}, {}
    folder = os.path.join(CATALOGUE, "base")
    for name in sorted(os.listdir(folder)):
        place = "base/" + name
        for item in read_json(place, report) or []:
            if not check_item(place, item, kinds, themes, report):
                continue
            report.need(item["code"] not in codes, place, "code twice: " + item["code"])
            codes[item["code"]] = item
            for n in [item["name"]] + item["aliases"]:
                key = plain_name(n)
                report.need(key not in names, place, "%s: name or alias twice: %s (%s)" % (item["code"], n, names.get(key)))
                names[key] = item["code"]
            items.append((place, item))
    said = {}
    groups = read_json("words.json", report) or []
    for i, g in enumerate(groups):
        ok = set(g) == {"say", "means"} and g["say"] and g["means"] and is_texts(g["say"]) and is_texts(g["means"])
        if report.need(ok, "words.json", "group %d" % (i + 1)):
            for w in g["say"]:
                report.need(w not in said and w == plain_text(w), "words.json", "said twice, or not plain: " + w)
                said[w] = i
    asked = set()
    queries = read_json("queries.json", report) or []
    for q in queries:
        report.need(set(q) == {"q", "want", "shipped"} and is_text(q["q"]) and q["want"] and is_texts(q["want"])
                    and q["q"] not in asked, "queries.json", str(q.get("q")))
        asked.add(q["q"])
        report.need(q["shipped"] == any(plain_name(w) in names for w in q["want"]), "queries.json",
                    "shipped is not true to the catalogue: " + q["q"])
    report.need(len(queries) == 100, "queries.json", "not one hundred queries")
    return {"kinds": kinds, "rules": rules, "themes": themes, "items": items, "names": names}


# ---- a real list -------------------------------------------------------------------------------

LEVEL = re.compile(r"[(（][^()（）]*(?:县级|市级|省级|区级|行使|委托|下放|省政府令|内资)[^()（）]*[)）]$")


def plain_name(name):
    """A name as the importer compares it: half width, no spaces, no bracket that only tells the level."""
    name = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    while LEVEL.search(name):
        name = LEVEL.sub("", name)
    return name


def read_items(path):
    with open(path, encoding="utf-8", newline="") as f:
        return [{k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(f, delimiter="\t")]


def department_kind(name, kinds):
    best = max(((len(w), d["kind"]) for d in kinds.values() for w in d["words"] if w in name), default=None)
    return best[1] if best else None


def hits(words, text):
    """Score of a word list in a text: longest word first, each stretch of text counted once, length as weight."""
    score = 0
    for w in sorted(words, key=len, reverse=True):
        if w in text:
            score += len(w) * text.count(w)
            text = text.replace(w, "\0")
    return score


def classify(name, main, kind, data):
    """(audience, {person: [codes], legal: [codes]}) of an item, by its names and its department."""
    rules = data["rules"]
    base = data["names"].get(plain_name(name))
    if base:
        item = next(i for _, i in data["items"] if i["code"] == base)
        return ("both" if len(item["for"]) == 2 else item["for"][0]), item["themes"]
    aud = rules["audience"]
    text = plain_name(name)
    full = text if not main or main in text else text + "/" + plain_name(main)
    p, l = hits(aud["person_words"], full), hits(aud["legal_words"], full)
    if p or l:
        # Both only when neither side is weak beside the other.
        audience = "both" if min(p, l) * 2 >= max(p, l) else "person" if p > l else "legal"
    else:
        audience = aud["by_department"].get(kind, "both")
    themes = {"person": [], "legal": []}
    for who in ("person", "legal"):
        if audience in (who, "both"):
            themes[who] = theme_of(full, kind, rules[who])
    return audience, themes


def theme_of(text, kind, rules):
    scored = []
    for t in rules:
        if any(n in text for n in t["not"]):
            continue
        s = hits(t["words"], text)
        if s:
            scored.append((s, t["code"]))
    if scored:
        scored.sort(key=lambda x: (-x[0], x[1]))
        top = scored[0][0]
        return [c for s, c in scored[:2] if s * 2 >= top]
    by_department = [t["code"] for t in rules if kind in t["departments"]]
    return by_department[:1] or [OTHER]


def check_items(path, data, report, sample):
    rows = read_items(path)
    other = shipped = 0
    shown = []
    for i, row in enumerate(rows):
        kind = department_kind(row["dept"], data["kinds"])
        report.need(kind is not None, "items line %d" % (i + 2), "no department kind for " + row["dept"])
        audience, themes = classify(row["name"], row["main_item"], kind, data)
        report.need(themes["person"] or themes["legal"], "items line %d" % (i + 2), "no theme: " + row["name"])
        only_other = set(themes["person"] + themes["legal"]) == {OTHER}
        other += only_other
        shipped += plain_name(row["name"]) in data["names"]
        shown.append((row["name"], row["dept"], audience, themes, only_other))
    print("%d items: every one has a department kind, an audience and a theme; %d (%.1f %%) in %s; "
          "%d carry the name of a shipped item" % (len(rows), other, 100.0 * other / len(rows), OTHER, shipped))
    report.need(other <= 0.08 * len(rows), "themes.json", "more than 8 % of the list is in " + OTHER)
    if sample:
        random.seed(sample)
        for name, dept, audience, themes, _ in random.sample(shown, min(sample, len(shown))):
            label = {w: "+".join(data["themes"][w][c]["name"] for c in themes[w]) for w in ("person", "legal")}
            print("  %-7s %s | %s | %s (%s)" % (audience, label["person"] or "-", label["legal"] or "-", name[:60], dept))
    return rows


# ---- search, as the program ranks --------------------------------------------------------------


def plain_text(text):
    """Letters, digits and characters of a text: half width, lower case, everything else a space."""
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]+", " ", unicodedata.normalize("NFKC", text).lower()).strip()


def terms(text, unigram):
    """Characters (at weight UNIGRAM) and pairs of neighbours (at weight 1) of a text, with their weights."""
    out = []
    for run in plain_text(text).split():
        out += [(ch, unigram) for ch in run]
        out += [(run[i:i + 2], 1.0) for i in range(len(run) - 1)]
    return out


class Index:
    """BM25 over weighted fields; see data/README.md for the formula."""

    def __init__(self, rows, data, setting, groups):
        self.setting, self.groups = setting, groups
        self.rows, self.docs, self.df = rows, [], {}
        by_code = {i["code"]: i for _, i in data["items"]}
        for row in rows:
            kind = department_kind(row["dept"], data["kinds"])
            base = by_code.get(data["names"].get(plain_name(row["name"])))
            _, themes = classify(row["name"], row["main_item"], kind, data)
            fields = {
                "name": plain_name(row["name"]), "main": plain_name(row["main_item"]),
                "alias": " ".join([base["name"]] + base["aliases"]) if base else "",
                "words": " ".join(base["words"]) if base else "",
                "department": row["dept"] + " " + data["kinds"][kind]["name"],
                "theme": " ".join(data["themes"][w][c]["name"] for w in themes for c in themes[w]),
            }
            tf = {}
            for field, text in fields.items():
                seen = {}
                for t, _ in terms(text, 1.0):
                    seen[t] = seen.get(t, 0) + 1
                for t, n in seen.items():
                    tf[t] = tf.get(t, 0.0) + setting["fields"][field] * min(n, setting["repeat"])
            self.docs.append((tf, len(fields["name"])))
            for t in tf:
                self.df[t] = self.df.get(t, 0) + 1
        self.average = sum(n for _, n in self.docs) / max(1, len(self.docs))

    def meanings(self, plain):
        """(group, phrase said) for what a query says; the longest phrase speaks for its stretch of the query."""
        found = sorted({(say, i) for i, g in enumerate(self.groups) for say in g["say"] if say in plain},
                       key=lambda x: (-len(x[0]), x[0]))
        used = []
        left = plain
        for say, i in found:
            if say in left:
                left = left.replace(say, "\0")
                used.append((self.groups[i], say))
        return used

    def bm25(self, weighted, tf, norm):
        n = len(self.docs)
        score = 0.0
        for t, w in weighted.items():
            if t in tf:
                idf = math.log(1 + (n - self.df[t] + 0.5) / (self.df[t] + 0.5))
                score += w * idf * tf[t] * (self.setting["k1"] + 1) / (tf[t] + norm)
        return score

    def stage_factor(self, plain, name):
        """How a name fits the stage that the query speaks of; without one, a first issue is meant."""
        s = self.setting
        said = [g for g in s["stages"] if any(w in plain for w in g["say"])]
        if said:
            if any(w in name for g in said for w in g["names"]):
                return s["said_factor"]
        later = any(w in name for g in s["stages"] if g["stage"] != "first" for w in g["names"])
        if later:
            return s["other_factor"]
        first = any(w in name for g in s["stages"] if g["stage"] == "first" for w in g["names"])
        return s["first_factor"] if first and not said else 1.0

    def search(self, text, limit=3):
        s = self.setting
        plain = plain_text(text).replace(" ", "")
        own = dict(terms(text, s["unigram"]))
        meant = []
        for group, say in self.meanings(plain):
            share = s["expansion"] * math.sqrt(len(say) / len(plain))
            meant.append((share, [dict(terms(p, s["unigram"])) for p in group["means"]]))
        scored = []
        for i, (tf, length) in enumerate(self.docs):
            norm = s["k1"] * (1 - s["b"] + s["b"] * length / self.average)
            score = self.bm25(own, tf, norm)
            for share, phrases in meant:
                score += share * max(self.bm25(p, tf, norm) for p in phrases)
            if score:
                scored.append((-score * self.stage_factor(plain, self.rows[i]["name"]), i))
        scored.sort()
        return [self.rows[i]["name"] for _, i in scored[:limit]]


def check_queries(rows, data, report, listed):
    """Rank the query list over ROWS: a real list (LISTED), or the shipped catalogue for the queries it answers."""
    queries = read_json("queries.json", report) or []
    if not listed:
        queries = [q for q in queries if q["shipped"]]
    names = {r["name"] for r in rows}
    index = Index(rows, data, read_json("ranking.json", report), read_json("words.json", report) or [])
    right = first = 0
    for q in queries:
        want = set(q["want"])
        if listed:
            report.need(want <= names, "queries.json", "not in the list: %s" % sorted(want - names))
        else:
            by_code = {i["code"]: i["name"] for _, i in data["items"]}
            want = {by_code[data["names"][plain_name(w)]] for w in want if plain_name(w) in data["names"]}
        got = index.search(q["q"])
        first += bool(got) and got[0] in want
        right += bool(set(got) & want)
        if not set(got) & want:
            print("  missed: %s -> %s (wanted %s)" % (q["q"], " | ".join(got), " | ".join(sorted(want))))
    print("%d queries over %s: a right item among the first three for %d, first for %d"
          % (len(queries), "the list" if listed else "the shipped catalogue", right, first))
    report.need(right >= 0.95 * len(queries), "queries.json", "fewer than 95 % right among the first three")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--laws", help="law library: folder or tar.gz")
    ap.add_argument("--items", help="real list of items (TSV)")
    ap.add_argument("--queries", action="store_true", help="rank the query list")
    ap.add_argument("--sample", type=int, default=0, help="with --items: print N classified items")
    args = ap.parse_args()
    report = Report()
    data = load(report)
    if args.laws:
        check_against_laws(data["items"], Laws(args.laws), report)
    else:
        print("skipped: law library not given")
    if args.items:
        rows = check_items(args.items, data, report, args.sample)
        if args.queries:
            check_queries(rows, data, report, True)
    if args.queries:
        own = [{"name": i["name"], "main_item": "", "dept": data["kinds"][i["department"]]["name"]} for _, i in data["items"]]
        check_queries(own, data, report, False)
    for place, why in report.refused:
        print("refused: %s: %s" % (place, why), file=sys.stderr)
    print("%d items, structure checked at %d points" % (len(data["items"]), report.shapes))
    print("%d facts checked, %d refused" % (report.facts, len(report.refused)))
    return 1 if report.refused else 0


if __name__ == "__main__":
    sys.exit(main())
