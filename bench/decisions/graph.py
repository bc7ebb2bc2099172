"""A decision model as JSON for bench/decisions/feelin.mjs: names, kinds and texts, no checks. python3 graph.py MODEL.dmn"""
import json
import sys
import xml.etree.ElementTree as tree


def name(x):
    return x.tag.split("}")[-1]


def first(x, *names):
    return next((c for c in x if name(c) in names), None)


def text(x):
    t = first(x, "text") if x is not None else None
    return (t.text or "").strip() if t is not None else ""


BOXED = ("literalExpression", "context", "relation", "list", "decisionTable", "invocation", "functionDefinition")


def boxed(x):
    e = x if name(x) in BOXED else first(x, *BOXED)
    kind = name(e)
    if kind == "literalExpression":
        return {"kind": kind, "text": text(e)}
    if kind == "context":
        return {"kind": kind, "entries": [[(first(c, "variable").get("name") if first(c, "variable") is not None else None), boxed(c)] for c in e if name(c) == "contextEntry"]}
    if kind == "relation":
        return {"kind": kind, "columns": [c.get("name") for c in e if name(c) == "column"],
                "rows": [[boxed(cell) for cell in row if name(cell) in BOXED] for row in e if name(row) == "row"]}
    if kind == "list":
        return {"kind": kind, "items": [boxed(c) for c in e if name(c) in BOXED]}
    if kind == "invocation":
        return {"kind": kind, "callee": text(first(e, "literalExpression")),
                "args": [[first(b, "parameter").get("name"), boxed(b)] for b in e if name(b) == "binding"]}
    if kind == "functionDefinition":
        return {"kind": kind, "params": [p.get("name") for p in e if name(p) == "formalParameter"], "body": boxed([c for c in e if name(c) in BOXED][0])}
    return {"kind": kind, "policy": e.get("hitPolicy", "UNIQUE"), "aggregation": e.get("aggregation", ""),
            "inputs": [text(first(i, "inputExpression")) for i in e if name(i) == "input"],
            "outputs": [o.get("name") for o in e if name(o) == "output"],
            "rules": [[[text(c) for c in r if name(c) == "inputEntry"], [text(c) for c in r if name(c) == "outputEntry"]] for r in e if name(r) == "rule"]}


def needs(x):
    return [h.get("href").split("#")[-1] for r in x if name(r) in ("informationRequirement", "knowledgeRequirement") for h in r]


root = tree.parse(sys.argv[1]).getroot()
parts = {}
for x in root:
    if name(x) == "inputData":
        parts[x.get("id")] = {"kind": "input", "name": x.get("name")}
    elif name(x) == "decision":
        parts[x.get("id")] = {"kind": "decision", "name": x.get("name"), "needs": needs(x), "body": boxed(x)}
    elif name(x) == "businessKnowledgeModel":
        parts[x.get("id")] = {"kind": "knowledge", "name": x.get("name"), "needs": needs(x), "body": boxed(first(x, "encapsulatedLogic"))}
for part in parts.values():  # an encapsulated logic is a function definition of its own name
    if part["kind"] == "knowledge" and part["body"]["kind"] != "functionDefinition":
        owner = next(x for x in root if x.get("name") == part["name"])
        logic = first(owner, "encapsulatedLogic")
        part["body"] = {"kind": "functionDefinition", "params": [p.get("name") for p in logic if name(p) == "formalParameter"], "body": part["body"]}
json.dump(parts, sys.stdout)
