#!/usr/bin/env python3
"""Check the item forms, the general forms and the demonstration data.

  tools/check_full.py [--laws PATH]

Reads data/catalogue/full/*.json, data/catalogue/general/*.json, data/catalogue/base/*.json (when there)
and data/demo/*.json. With --laws PATH (a folder of law texts, or a .tar.gz of it) every cited article is
looked up in the newest version of the law; without it that check is reported as skipped.
Prints one line per fault and exits 1 when there is any.
"""
import glob
import json
import os
import re
import sys
import tarfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")
FORMATS = {"id-number", "uscc", "mobile", "date", "division", "email", "postcode", "bank-card", "money"}
TYPES = {"01", "05", "07", "08", "09", "10", "20"}
ROLES = {"desk", "reviewer", "decider", "editor", "system_admin", "security_admin", "audit_admin", "supervisor", "data_steward", "data_manager", "kiosk"}
RESULTS = {"licence", "document", "record", "payment", "answer"}
MEDIA = {"image/jpeg", "image/png", "application/pdf"}
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
HAN = re.compile("[\u4e00-\u9fff]")
ID = re.compile(r"^[a-z][a-z0-9_-]*$")

faults = []
checked = {"strings": 0, "articles": 0, "sources": 0, "identifiers": 0}


def fault(where, what):
    faults.append("%s: %s" % (where, what))


def load(path):
    def unique(pairs):
        keys = [k for k, _ in pairs]
        for k in set(keys):
            if keys.count(k) > 1:
                fault(os.path.basename(path), "key %s occurs twice in one object" % k)
        return dict(pairs)

    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f, object_pairs_hook=unique)
    except (OSError, ValueError) as e:
        fault(path, str(e))
        return None


def id_number_ok(s):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return bool(re.match(r"^\d{17}[\dX]$", s)) and \
        "10X98765432"[sum(int(c) * w for c, w in zip(s, weights)) % 11] == s[17]


def uscc_ok(s):
    if len(s) != 18 or any(c not in USCC for c in s):
        return False
    inner = 11 - sum(int(c, 36) * w for c, w in zip(s[8:16], (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    if s[16] != {10: "X", 11: "0"}.get(inner, str(inner)):
        return False
    return USCC[(31 - sum(USCC.index(c) * pow(3, i, 31) for i, c in enumerate(s[:17])) % 31) % 31] == s[17]


def card_ok(s):
    total = 0
    for i, c in enumerate(reversed(s)):
        d = int(c) * (1 + i % 2)
        total += d - 9 if d > 9 else d
    return total % 10 == 0


class Laws:
    """Article numbers by law, newest version of each, from texts named NAME(YYYY-MM-DD).md."""

    def __init__(self, path):
        self.articles = {}
        newest = {}
        for name, text in self.texts(path):
            found = re.match(r"^(.*?)(?:\((\d{4}-\d\d-\d\d)\))?\.md$", os.path.basename(name))
            if found and (found.group(2) or "") >= newest.get(found.group(1), ""):
                newest[found.group(1)] = found.group(2) or ""
                self.articles[found.group(1)] = set(re.findall(r"(?m)^\s*(第[一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?)", text))

    @staticmethod
    def texts(path):
        if os.path.isdir(path):
            for folder, _, names in os.walk(path):
                for name in names:
                    with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as f:
                        yield name, f.read()
        else:
            with tarfile.open(path) as tar:
                for entry in tar:
                    if entry.isfile():
                        yield entry.name, tar.extractfile(entry).read().decode("utf-8", "replace")


def check_basis(where, basis, laws):
    if basis is None:
        return
    if set(basis) != {"law", "article"}:
        fault(where, "a basis has law and article")
        return
    checked["articles"] += 1
    if laws and basis["law"] not in laws.articles:
        fault(where, "no law called %s" % basis["law"])
    elif laws and basis["article"] not in laws.articles[basis["law"]]:
        fault(where, "%s has no %s" % (basis["law"], basis["article"]))


def check_two(where, zh, en):
    """Both languages present, each in its own script."""
    checked["strings"] += 1
    if not isinstance(zh, str) or not zh.strip():
        fault(where, "Chinese text is missing")
    if not isinstance(en, str) or not en.strip():
        fault(where, "English text is missing")
    elif HAN.search(en):
        fault(where, "English text has Chinese characters: %s" % en)


def check_pair(where, pair, required=False):
    if pair is None:
        if required:
            fault(where, "text is missing")
    elif isinstance(pair, dict) and set(pair) == {"zh", "en"}:
        check_two(where, pair["zh"], pair["en"])
    elif isinstance(pair, list) and len(pair) == 2:
        check_two(where, pair[0], pair[1])
    else:
        fault(where, "text must be given in Chinese and English")


def check_unique(where, ids):
    for i in ids:
        if not ID.match(i):
            fault(where, "%s is not a plain identifier" % i)
    for i in set(ids):
        if ids.count(i) > 1:
            fault(where, "%s occurs more than once" % i)


def source_field(registry, source):
    """The registry field that `resource.field` names, or None."""
    resource, _, field = source.partition(".")
    entry = registry.get(resource)
    if entry and "alias_of" in entry:
        entry = registry.get(entry["alias_of"])
    return next((f for f in (entry or {}).get("fields", []) if f["id"] == field), None)


def check_when(where, when, situations, fields):
    if when is None:
        return
    subject = [k for k in ("situation", "field") if k in when]
    if len(subject) != 1 or ("equals" in when) == ("in" in when) or len(when) != 2:
        fault(where, "a condition has one of situation, field and one of equals, in")
        return
    known = situations if subject[0] == "situation" else fields
    name = when[subject[0]]
    if name not in known:
        fault(where, "condition on unknown %s %s" % (subject[0], name))
        return
    for value in when.get("in", [when.get("equals")]):
        if value not in known[name]:
            fault(where, "%s has no value %s" % (name, value))


KNOWN_HINTS = {"type", "title", "x-en", "maxLength", "minLength", "minimum", "maximum", "pattern", "format", "enum", "const", "default", "readOnly",
               "x-labels", "x-help", "x-when", "x-source", "x-source-where", "x-why", "x-rows", "x-max"}
KNOWN_OF_GROUPS = {"type", "title", "x-en", "x-help", "x-when", "minItems", "maxItems", "items"}


def check_group(at, p, registry):
    items = p["items"]
    check_two(at, p["title"], p["x-en"])
    check_two(at, items["title"], items["x-en"])
    check_pair(at, p.get("x-help"))
    if items["type"] != "object" or "maxItems" not in p:
        fault(at, "a group is a limited list of objects")
    for key in set(p) - KNOWN_OF_GROUPS:
        fault(at, "unknown property %s" % key)
    for name in items["required"]:
        if name not in items["properties"]:
            fault(at, "unknown field %s" % name)
    check_properties(at, items["properties"], items["required"], {}, registry)


def check_properties(where, props, required, situations, registry):
    enums = {k: v.get("enum", [True, False] if v["type"] == "boolean" else []) for k, v in props.items()}
    for name, p in props.items():
        at = "%s.%s" % (where, name)
        if not ID.match(name):
            fault(at, "not a plain identifier")
        if p["type"] == "array":
            check_when(at, p.get("x-when"), situations, enums)
            check_group(at, p, registry)
            continue
        check_two(at, p["title"], p["x-en"])
        check_pair(at, p.get("x-help"))
        check_pair(at, p.get("x-why"))
        check_when(at, p.get("x-when"), situations, enums)
        if p["type"] not in ("string", "integer", "number", "boolean"):
            fault(at, "type %s" % p["type"])
        if "format" in p and p["format"] not in FORMATS:
            fault(at, "format %s" % p["format"])
        if p["type"] == "string" and not {"format", "enum", "maxLength"} & set(p):
            fault(at, "text without a limit")
        if p["type"] in ("integer", "number") and not {"minimum", "maximum"} <= set(p):
            fault(at, "number without limits")
        if "enum" in p:
            if set(p["enum"]) != set(p.get("x-labels", {})):
                fault(at, "labels do not match values")
            check_unique(at, p["enum"])
            for label in p.get("x-labels", {}).values():
                check_pair(at, label, True)
        if "x-source" in p:
            checked["sources"] += 1
            if not source_field(registry, p["x-source"]):
                fault(at, "source %s is in no registry resource" % p["x-source"])
            for field in p.get("x-source-where", {}):
                if not source_field(registry, p["x-source"].split(".")[0] + "." + field):
                    fault(at, "source is narrowed by unknown field %s" % field)
        if "x-max" in p and not source_field(registry, p["x-max"]):
            fault(at, "limit %s is in no registry resource" % p["x-max"])
        if p.get("readOnly") and "x-source" not in p:
            fault(at, "read-only but without a source")
        if p.get("format") == "bank-card" and "x-why" not in p:
            fault(at, "a bank card needs a reason")
        if p.get("const") is True and name not in required:
            fault(at, "a declaration must be required")
        for key in set(p) - KNOWN_HINTS:
            fault(at, "unknown property %s" % key)


def check_form(where, form, situations, registry):
    props = form["properties"]
    check_unique(where, [p["id"] for p in form["x-pages"]])
    paged = [f for p in form["x-pages"] for f in p["fields"]]
    for name in props:
        if paged.count(name) != 1:
            fault(where, "field %s must be on exactly one page" % name)
    for name in set(paged) | set(form["required"]):
        if name not in props:
            fault(where, "unknown field %s" % name)
    for page in form["x-pages"]:
        check_two("%s page %s" % (where, page["id"]), page["title"], page["en"])
        if len(page["fields"]) > 6:
            fault(where, "page %s has more than six fields" % page["id"])
    check_properties(where, props, form["required"], situations, registry)
    if not any(p.get("const") is True for p in props.values()):
        fault(where, "no declaration")


def check_situations(where, item):
    out = {}
    check_unique(where, [s["id"] for s in item["situations"]])
    for s in item["situations"]:
        at = "%s situation %s" % (where, s["id"])
        check_two(at, s["question"], s["en"])
        if s["help"] is not None or s["help_en"] is not None:
            check_two(at, s["help"], s["help_en"])
        check_unique(at, [o["value"] for o in s["options"]])
        out[s["id"]] = [o["value"] for o in s["options"]]
        if len(s["options"]) < 2:
            fault(at, "needs two options")
        if all(o["ends"] for o in s["options"]):
            fault(at, "no option leads on")
        for o in s["options"]:
            check_two(at, o["label"], o["en"])
            check_pair(at, o["ends"])
    return out


def check_materials(where, item, situations, registry, licence_types, fields, laws):
    check_unique(where, [m["id"] for m in item["materials"]])
    for m in item["materials"]:
        at = "%s material %s" % (where, m["id"])
        check_two(at, m["name"], m["en"])
        check_pair(at, m["help"])
        check_basis(at, m["basis"], laws)
        check_when(at, m["when"], situations, fields)
        if m["need"] not in ("required", "optional", "deferrable"):
            fault(at, "need %s" % m["need"])
        if m["source"] not in ("applicant", "government"):
            fault(at, "source %s" % m["source"])
        for source in (m["from"] or "").split("|"):
            if source and source not in registry and source not in licence_types:
                fault(at, "%s is neither a resource nor a licence type" % source)
        if not m["accept"] or not set(m["accept"]) <= MEDIA:
            fault(at, "accept %s" % m["accept"])
        if not 1 <= m["max_mb"] <= 20 or m["copies"] < 1:
            fault(at, "size or number of copies")
    # The option's list and the material's condition say the same thing twice; they must agree.
    for s in item["situations"]:
        for o in s["options"]:
            meant = [m["id"] for m in item["materials"] if m["when"] and m["when"].get("situation") == s["id"]
                     and o["value"] in m["when"].get("in", [m["when"].get("equals")])]
            if sorted(meant) != sorted(o["materials"]):
                fault(where, "option %s=%s lists other materials than the conditions say" % (s["id"], o["value"]))
            if o["ends"] and o["materials"]:
                fault(where, "option %s=%s ends and yet adds materials" % (s["id"], o["value"]))


def check_flow(where, flow):
    path = os.path.join(ROOT, "processes", flow["process"] + ".bpmn")
    if not os.path.exists(path):
        fault(where, "no process %s in data/processes" % flow["process"])
    elif ("<businessRuleTask" in open(path, encoding="utf-8").read()) != bool(flow["rule"]):
        fault(where, "the process %s and the rule %s do not fit" % (flow["process"], flow["rule"]))
    if flow["kind"] not in ("promised", "on_the_spot"):
        fault(where, "flow kind %s" % flow["kind"])
    if flow["kind"] == "on_the_spot" and not flow["rule"]:
        fault(where, "an on-the-spot item needs a rule")
    if not 1 <= flow.get("accept_days", 5) <= 5:
        fault(where, "the answer about acceptance takes 1 to 5 working days (行政许可法 art. 32)")


def check_licence(where, item, laws):
    lic = item["licence"]
    if (item["result"]["kind"] == "licence") != (lic is not None):
        fault(where, "result kind and licence do not agree")
    if lic is None:
        return
    check_two(where + " licence", lic["name"], lic["en"])
    if not re.match(r"^\d{3}$", lic["serial"]):
        fault(where, "licence serial has three digits")
    check_unique(where + " licence face", [f["id"] for f in lic["face"]])
    for f in lic["face"]:
        at = "%s licence face %s" % (where, f["id"])
        check_two(at, f["title"], f["en"])
        for part in f["from"].split("|"):
            head, _, name = part.partition(".")
            if head == "form" and name not in item["form"]["properties"]:
                fault(at, "%s is not in the form" % name)
            elif head == "department" and name not in ("name", "division"):
                fault(at, "unknown %s" % part)
            elif head == "situation" and name not in [s["id"] for s in item["situations"]]:
                fault(at, "%s is not a situation" % name)
            elif head not in ("form", "situation", "department"):
                fault(at, "unknown %s" % part)
    validity = lic["validity"]
    if isinstance(validity, dict):
        if validity["unit"] not in ("year", "month", "day") or validity["value"] < 1:
            fault(where, "licence validity")
        check_pair(where + " validity", validity.get("note"))
    elif validity != "long_term":
        fault(where, "licence validity")
    rule = lic["validity_rule"]
    if rule:
        check_basis(where, rule.get("basis"), laws)
        if rule["of"].split(".")[-1] not in item["form"]["properties"]:
            fault(where, "validity rule looks at an unknown field")


def days(limit):
    """Calendar days a limit can last at most, weekends counted, holidays not."""
    if limit["unit"] == "working_day":
        return 0 if limit["value"] == 0 else limit["value"] + 2 * ((limit["value"] - 1) // 5 + 1)
    return limit["value"] * {"day": 1, "month": 28, "year": 365}[limit["unit"]]


def check_promise(where, item, base):
    promised, law = item["promised_limit"], (base or {}).get("statutory_limit")
    if promised is None:
        return
    if promised.get("demo") is not True:
        fault(where, "the promised limit is a setting of the demonstration and must say so")
    if item["flow"]["kind"] == "on_the_spot" and promised["value"] > 1:
        fault(where, "an on-the-spot item promises 0 or 1")
    if law:
        same = promised["unit"] == law["unit"]
        if (promised["value"] > law["value"]) if same else (days(promised) > days(law)):
            fault(where, "promises %s %s, the law allows %s %s"
                  % (promised["value"], promised["unit"], law["value"], law["unit"]))


def decision_models():
    return {m["code"]: m for m in (load(p) for p in glob.glob(os.path.join(ROOT, "decisions/*.json"))) if m}


def check_decisions(where, item, situations):
    """Models that exist, are meant for that use, and are asked about what the item knows."""
    models = decision_models()
    answers = [d["model"] for d in item.get("decisions", []) if d["use"] == "answer"]
    if answers != ([item["flow"]["rule"]] if item["flow"]["rule"] else []):
        fault(where, "the rule of the flow and the model that answers do not agree")
    for d in item.get("decisions", []):
        at, model = "%s decision %s" % (where, d["model"]), models.get(d["model"])
        if not model or model["purpose"] != d["use"]:
            fault(at, "no such model for %s" % d["use"])
            continue
        for name, source in d["inputs"].items():
            if name not in [i["name"] for i in model["inputs"]]:
                fault(at, "has no input %s" % name)
            whole = source if isinstance(source, dict) else {"from": source}
            for part in whole["from"].split("|") + list(whole.get("where", {}).values()):
                kind, _, rest = part.partition(".")
                known = {"form": item["form"]["properties"], "situation": situations,
                         "document": [m["id"] for m in item["materials"]]}
                if kind != "register" and rest not in known.get(kind, []):
                    fault(at, "%s is not known" % part)


def check_item(where, item, base, departments, registry, laws, licence_types):
    check_two(where, item["name"], item["en"])
    situations = check_situations(where, item)
    check_form(where, item["form"], situations, registry)
    enums = {k: v.get("enum", []) for k, v in item["form"]["properties"].items()}
    check_materials(where, item, situations, registry, licence_types, enums, laws)
    check_flow(where, item["flow"])
    check_licence(where, item, laws)
    check_two(where + " result", item["result"]["name"], item["result"]["en"])
    if item["result"]["kind"] not in RESULTS:
        fault(where, "result kind %s" % item["result"]["kind"])
    check_pair(where + " notice", item["notice"], True)
    if item["demonstration"] is not False:
        check_pair(where + " demonstration", item["demonstration"], True)
    if not item["applicants"] or not set(item["applicants"]) <= {"person", "organisation"}:
        fault(where, "applicants")
    if item["requires_level"] not in (1, 2):
        fault(where, "requires_level")
    check_promise(where, item, base)
    if item["booking"]:
        b = item["booking"]
        check_two(where + " booking", b["what"], b["en"])
        check_two(where + " booking", b["place"], b["place_en"])
        if not b["slots"] or not all(re.match(r"^\d\d:\d\d-\d\d:\d\d$", s) for s in b["slots"]) or b["capacity"] < 1:
            fault(where, "booking slots")
    check_decisions(where, item, situations)
    if "department" in item and item["department"] not in departments:
        fault(where, "no demonstration department of kind %s" % item["department"])
    if base:
        if base["name"] != item["name"]:
            fault(where, "base calls it %s" % base["name"])
        if "department" in base and base["department"] != item["department"]:
            fault(where, "base gives it to %s" % base["department"])
        served = {"legal": "organisation"}
        if "for" in base and not {served.get(w, w) for w in base["for"]} & set(item["applicants"]):
            fault(where, "base serves others than the form")
        if bool(base.get("demonstration")) != bool(item["demonstration"]):
            fault(where, "base and form disagree about being a demonstration")


def check_whole(where, item, *rest):
    """check_item, with a missing or misshapen part told as a fault instead of a traceback."""
    try:
        check_item(where, item, *rest)
    except (KeyError, TypeError, AttributeError, IndexError) as e:
        fault(where, "a part is missing or has the wrong shape: %r" % e)


def check_values(where, resource, records):
    fields = {f["id"]: f.get("format") for f in resource["fields"]}
    keys = [r.get(resource["key"]) for r in records]
    if not resource["many"] and len(keys) != len(set(keys)):
        fault(where, "two records with one key")
    for r in records:
        for k in set(r) ^ set(fields):
            fault(where, "field %s is not in both the record and the resource" % k)
        for k, v in r.items():
            kind = fields.get(k)
            if v is None or kind is None:
                continue
            checked["identifiers"] += kind in ("id-number", "uscc", "bank-card")
            good = {"id-number": id_number_ok, "uscc": uscc_ok, "bank-card": card_ok,
                    "date": lambda s: re.match(r"^\d{4}-\d\d-\d\d$", s), "division": lambda s: re.match(r"^78\d{4}$", s),
                    "money": lambda s: re.match(r"^\d+\.\d\d$", s)}.get(kind, lambda s: True)
            if not good(v):
                fault(where, "%s is not a valid %s" % (v, kind))


def check_demo(codes):
    persons = load(os.path.join(ROOT, "demo/persons.json"))["persons"]
    orgs = load(os.path.join(ROOT, "demo/organisations.json"))["organisations"]
    staff = load(os.path.join(ROOT, "demo/officers.json"))
    reg = load(os.path.join(ROOT, "demo/registry.json"))
    departments = {d["kind"] for d in staff["departments"]}
    registry = {r["id"]: r for r in reg["resources"]}
    check_unique("registry", [r["id"] for r in reg["resources"]])
    # Resources that lie elsewhere are asked through the exchange: by the code of their source.
    entries = {e["code"]: e for e in load(os.path.join(ROOT, "exchange/entries.json"))["entries"]}
    for s in load(os.path.join(ROOT, "demo/sources.json"))["sources"]:
        registry.setdefault(s["code"], {"id": s["code"], "fields": entries[s["entry"]]["items"]})
    check_unique("persons", [p["id"] for p in persons])
    check_unique("organisations", [o["id"] for o in orgs])
    if len(persons) < 12 or len(orgs) < 4:
        fault("demo", "at least 12 persons and 4 organisations")
    known = {r["id_number"]: r for r in reg["records"]["population"]}
    for p in persons:
        at = "person " + p["id"]
        checked["identifiers"] += 1
        check_two(at, p["name"], p["en"])
        check_two(at, p["story"], p["story_en"])
        check_two(at, p["address"], p["address_en"])
        n = p["id_number"]
        if not n.startswith("78") or not id_number_ok(n):
            fault(at, "identity number")
        if n[6:14] != p["birth"].replace("-", "") or (int(n[16]) % 2 == 1) != (p["sex"] == "male"):
            fault(at, "identity number does not fit birth or sex")
        if not re.match(r"^1390000\d{4}$", p["mobile"]):
            fault(at, "mobile")
        if p["known"] != (n in known):
            fault(at, "known does not fit the population base")
        elif p["known"] and (known[n]["name"], known[n]["birth"], known[n]["mobile"]) != (p["name"], p["birth"], p["mobile"]):
            fault(at, "population base says otherwise")
        for code in set(p["items"]) - codes:
            fault(at, "story of unknown item %s" % code)
    for field in ("id_number", "mobile"):
        if len({p[field] for p in persons}) != len(persons):
            fault("persons", "two persons share a %s" % field)
    if all(p["known"] for p in persons):
        fault("persons", "one person must be missing from the population base")
    people = {p["id"]: p for p in persons}
    business = {r["uscc"]: r for r in reg["records"]["org"]}
    for o in orgs:
        at = "organisation " + o["id"]
        checked["identifiers"] += 1
        check_two(at, o["name"], o["en"])
        check_two(at, o["address"], o["address_en"])
        if not uscc_ok(o["uscc"]) or o["uscc"][2:8] != "780101":
            fault(at, "uscc")
        rec, head = business.get(o["uscc"]), people.get(o["legal_representative"])
        if not rec or not head:
            fault(at, "no registry record or unknown legal representative")
        elif (rec["name"], rec["legal_representative_id_number"]) != (o["name"], head["id_number"]):
            fault(at, "business register says otherwise")
        for code in set(o["items"]) - codes:
            fault(at, "story of unknown item %s" % code)
    for d in staff["departments"]:
        check_two("department " + d["kind"], d["name"], d["en"])
        if not uscc_ok(d["uscc"]):
            fault("department " + d["kind"], "uscc")
    logins = [o["login"] for o in staff["officers"]]
    if len(logins) != len(set(logins)):
        fault("officers", "a login occurs twice")
    for o in staff["officers"]:
        at = "officer " + o["login"]
        check_two(at, o["name"], o["en"])
        check_two(at, o["post"], o["post_en"])
        if o["department"] not in departments or not o["roles"] or not set(o["roles"]) <= ROLES:
            fault(at, "department or roles")
        if "password" in o:
            fault(at, "passwords are made at first run, never shipped")
    for kind in departments:
        have = {r for o in staff["officers"] if o["department"] == kind for r in o["roles"]}
        if not {"reviewer", "decider"} <= have:
            fault("officers", "%s lacks a reviewer or a decider" % kind)
    for role in ROLES - {r for o in staff["officers"] for r in o["roles"]}:
        fault("officers", "nobody is %s" % role)
    for r in reg["resources"]:
        check_two("resource " + r["id"], r["name"], r["en"])
        if "alias_of" in r:
            if r["alias_of"] not in registry:
                fault("resource " + r["id"], "alias of nothing")
            continue
        check_unique("resource " + r["id"], [f["id"] for f in r["fields"]])
        for f in r["fields"]:
            check_two("resource %s.%s" % (r["id"], f["id"]), f["title"], f["en"])
        if r["key"] not in [f["id"] for f in r["fields"]] or r["department"] not in departments:
            fault("resource " + r["id"], "key or department")
        if r["id"] == "account":
            continue
        check_values("records of " + r["id"], r, reg["records"].get(r["id"], []))
        ids = {p["id_number"] for p in persons} | {o["uscc"] for o in orgs}
        for rec in reg["records"].get(r["id"], []):
            if rec.get(r["key"]) not in ids:
                fault("records of " + r["id"], "a record of nobody in the demonstration")
    for name in set(reg["records"]) - set(registry):
        fault("registry", "records of unknown resource %s" % name)
    return departments, registry, {r["type_name"] for r in reg["records"]["licences"]}


def check_general(registry, laws, licence_types):
    wanted = {"%s-%s" % (t, who) for t in TYPES for who in ("person", "legal")}
    paths = {os.path.basename(p)[:-5]: p for p in glob.glob(os.path.join(ROOT, "catalogue/general/*.json"))}
    for name in sorted(set(paths) ^ wanted):
        if name in paths or paths:
            fault("general", "%s is missing or does not belong here" % name)
    for name, path in sorted(paths.items()):
        item = load(path)
        if item:
            check_whole("general " + name, item, None, set(), registry, laws, licence_types)
            if item["promised_limit"] is not None:
                fault("general " + name, "a general form promises no time")
            if (item["type"], item["applicants"]) != (name[:2], ["organisation" if name.endswith("legal") else "person"]):
                fault("general " + name, "type or applicant does not fit the name")
    return len(paths)


def main(argv):
    laws = None
    if len(argv) == 3 and argv[1] == "--laws":
        if not os.path.exists(argv[2]):
            sys.exit("check_full: no such folder or archive: " + argv[2])
        laws = Laws(argv[2])
    elif len(argv) != 1:
        sys.exit("usage: tools/check_full.py [--laws PATH]")
    base = {}
    for path in glob.glob(os.path.join(ROOT, "catalogue/base/*.json")):
        entries = load(path)
        for entry in entries if isinstance(entries, list) else (entries or {}).get("items", []):
            base[entry["code"]] = entry
    items = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "catalogue/full/*.json"))):
        item = load(path)
        if item:
            items[item["code"]] = item
            if item["code"] + ".json" != os.path.basename(path):
                fault(path, "code %s" % item["code"])
    codes = {"BI-%04d" % n for n in range(1, 13)}
    departments, registry, licence_types = check_demo(codes)
    # Types that this catalogue issues itself, and two that come from departments outside the demonstration.
    licence_types |= {i["licence"]["name"] for i in items.values() if i["licence"]} | {"居住证", "道路运输从业资格证"}
    for code, item in items.items():
        check_whole(code, item, base.get(code), departments, registry, laws, licence_types)
    general = check_general(registry, laws, licence_types)
    for line in faults:
        print(line)
    print("%d items, %d general forms, %d base items compared; %d texts in two languages, %d sources, %d identifiers; articles cited %d (%s); %d faults"
          % (len(items), general, len(set(base) & set(items)), checked["strings"], checked["sources"],
             checked["identifiers"], checked["articles"], "checked" if laws else "look-up skipped: no --laws", len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
