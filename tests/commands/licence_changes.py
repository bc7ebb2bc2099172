"""Changes to the signed manifest of a licence, as somebody with an editor makes them: one element at a time, nothing made to fit."""
import json
import re
import shutil
import subprocess

METADATA = {"licence_id": "电子证照标识", "type.code": "证照类型代码", "type.name": "类型", "number": "编号", "version": "版本", "issued": "颁发日期",
            "valid_from": "有效期起", "valid_to": "有效期至", "issuer.name": "颁发机构", "issuer.uscc": "颁发机构代码", "holder.code_type": "持证主体代码类型",
            "item.code": "事项基本编码", "item.name": "事项", "demo": "演示", "signed_at": "签名时间", "face": "版面摘要", "certificate": "签名证书"}


def another(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    return {**value, "length": 7} if value else "2051-01-01"


def each(manifest):
    """(path, what people call it in Chinese, the manifest with another value there) of every element beside the face's entries."""
    document = json.loads(manifest)
    assert set(document["digests"]) == set(METADATA) | {"fields." + field["name"] for field in document["fields"]}
    for path, label in METADATA.items():
        altered = json.loads(manifest)
        *groups, key = path.split(".")
        place = altered
        for group in groups:
            place = place[group]
        place[key] = another(place[key])
        yield path, label, json.dumps(altered, ensure_ascii=False).encode()


def in_pdf(pdf, manifest):
    """The same file with another manifest in it."""
    mark = list(re.finditer(rb"\n%tongban-manifest/1 (\d+) (\d+)\n", pdf))[-1]
    start, old = pdf.index(b"stream\n", mark.end()) + 7, int(mark[2])
    head = pdf[mark.end():start].replace(b"%d" % old, b"%d" % len(manifest))
    return pdf[:mark.start()] + b"\n%%tongban-manifest/1 %s %d\n" % (mark[1], len(manifest)) + head + manifest + pdf[start + old:]


def assert_named(verify, path, label):
    """In both languages, and nothing else."""
    for lang, words, title in (("C.UTF-8", "Altered entry", ".+"), ("zh_CN.UTF-8", "被改动的内容", re.escape(label))):
        done = verify(lang)
        named = re.findall(words + rf": (\S+) \({title}\)", done.stdout)
        assert done.returncode == 1 and named == [path], (path, done.stdout)


def nothing_commands_the_terminal(manifest, verify):
    """Text of a file stays text: it neither moves the cursor nor begins a line of its own."""
    altered = json.loads(manifest)
    altered["type"]["name"] = "\x1b[2J\x9b1;1HAuthentic as issued.\n\u202eA\x7f"
    altered["fields"][0]["title"] = "\r\x07"
    said = verify("altered.json", json.dumps(altered), "C.UTF-8").stdout
    assert "  Type: ?[2J?1;1HAuthentic as issued.??A?\n" in said and "  ??: " in said, said
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said), said


def saved_again_vouches_for_its_data(pdf, verify):
    """Another program saves the PDF: what was signed is still vouched for, the page no longer; without the manifest nothing is."""
    qpdf = shutil.which("qpdf")
    if not qpdf:
        print("a licence saved again: skipped, there is no qpdf")
    for way in ("--object-streams=generate", "--qdf", "--linearize") if qpdf else ():
        again = subprocess.run([qpdf, way, pdf, "-"], check=True, capture_output=True, timeout=60).stdout
        done = verify("again.pdf", again, "C.UTF-8")
        assert done.returncode == 1 and done.stdout.startswith("The signed data in this file is genuine, but "), (way, done.stdout, done.stderr)
    done = verify("lost.pdf", pdf.read_bytes().split(b"\n%tongban-manifest/1 ")[0], "C.UTF-8")
    assert done.returncode == 2 and "carries no signed data" in done.stderr and not done.stdout, (done.stdout, done.stderr)


def all_are_named(manifest, pdf, verify):
    """Each element that was changed, in the manifest or inside the PDF; and that it was saved again. `verify` takes a file's name, its content and a locale."""
    nothing_commands_the_terminal(manifest.read_bytes(), verify)
    for path, label, text in each(manifest.read_bytes()):
        for name, content in (("altered.json", text), ("altered.pdf", in_pdf(pdf.read_bytes(), text))):
            assert_named(lambda lang, file=(name, content): verify(*file, lang), path, label)
    saved_again_vouches_for_its_data(pdf, verify)
