#!/usr/bin/env python3
"""Verifies the export of a log as docs/log.md says: `verify.py FILE [RECEIPT]`, where - is standard input. Python 3.9 and no package."""
import hashlib, json, re, sys
from datetime import datetime, timedelta

GENESIS = {"proposal": "whittle ledger 1 ", "calendar": "whittle calendar ledger 1 ", "staff": "whittle staff ledger 1 "}
ENTRY = "seq:count at:text kind:kind act:text by:text via:text about:text? commitments:hashes? prev:hash "
ENTRIES = {"proposal": ENTRY + "slots:slots", "calendar": ENTRY + "state:state invited:count answered:count", "staff": ENTRY + "subject:subject"}
SHAPES = {"opening": "seq:count field:text salt:text value:any", "head": "entries:count hash:hash"}
AFTER = {"open": "open finalizing closed", "finalizing": "open finalizing finalized", "finalized": "finalized", "closed": "closed"}
TYPES = {
    "any": lambda value: True, "text": lambda value: isinstance(value, str), "count": lambda value: type(value) is int and 0 <= value < 2**32,
    "hash": lambda value: isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value), "kind": ["UPDATE", "NOTIFY", "VIEW"].__contains__,
    "hashes": lambda value: isinstance(value, dict) and value and all(map(TYPES["hash"], value.values())), "state": list(AFTER).__contains__,
    "subject": lambda value: isinstance(value, str) and re.fullmatch("[a-z]+(/[1-9][0-9]*)?", value),
    "slots": lambda value: isinstance(value, list) and len(value) <= 30 and offer(value) == sorted(set(offer(value)))}
def hold(condition, fault=""):
    if not condition: raise ValueError(fault)
def sha256(text): return hashlib.sha256(text.encode()).hexdigest()
def canonical(value, depth=1):
    hold(depth <= 127 or not isinstance(value, (dict, list)))
    if isinstance(value, list): return "[" + ",".join(canonical(part, depth + 1) for part in value) + "]"
    if not isinstance(value, dict): return json.dumps(value, ensure_ascii=False)
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{canonical(name)}:{canonical(value[name], depth + 1)}" for name in names) + "}"
def fits(value, shape):
    types = dict(member.split(":") for member in shape.split())
    return isinstance(value, dict) and all(name in value or types[name][-1] == "?" for name in types) and all(
        name in types and TYPES[types[name].rstrip("?")](part) for name, part in value.items())
def offer(slots): return [interval(**slot) for slot in slots]
def interval(begin, duration):
    hold(re.fullmatch(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.(?!000000)\d{6})?Z", begin, re.ASCII))
    parts = re.fullmatch(r"(?:([1-9]\d{0,17}) )?([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(?!000000)(\d{6}))?", duration, re.ASCII).groups("0")
    first, (days, hours, minutes, seconds, micros) = datetime.fromisoformat(begin[:-1]), map(int, parts)
    end = first + timedelta(days, seconds, micros, 0, minutes, hours)
    hold(first < end <= datetime(9999, 12, 30, 22))
    return first, end
def read(line, log):  # Step 1. Gives the kind of the line, its content and the bytes of that.
    value = json.loads(line, parse_float=lambda number: None, parse_constant=lambda word: None)  # No log has a fraction.
    hold(canonical(value) == line and line.encode())
    (kind, said), = value.items()
    hold(fits(said, ENTRIES[log] if kind == "entry" else SHAPES[kind]) if kind != "ledger" else isinstance(said["format"], str) and all(
        type(said[name]) is int and 0 <= said[name] < 2**64 for name in said if name != "format"))
    return kind, said, line[len(kind) + 4 : -1]
def verify(export):
    """Gives the hashes of the entries of an export (bytes). Raises ValueError with the fault and its line, such as `unchained 7`, or `head`."""
    lines, hashes, log, before = export.decode("utf-8", "surrogateescape").split("\n"), [], "proposal", None
    hold(len(lines) > 1 and lines.pop() == "", "head")
    for number, line in enumerate(lines, 1):
        try: kind, said, content = read(line, log)
        except Exception: raise ValueError(f"malformed {number}") from None
        if number == 1:  # Step 2.
            log = next((name for name in GENESIS if said.keys() == {"format", name}), None)
            hold(kind == "ledger" and log and said["format"] == "whittle-ledger/1", "misplaced 1")
            head = sha256(f"{GENESIS[log]}{said[log]}")
        elif kind == "entry":  # Step 3.
            hold(said["seq"] == len(hashes) + 1 and said["prev"] == head, f"unchained {number}")
            was, slots = before or {"state": "open", "slots": said.get("slots")}, said.get("slots", [])
            within = all(any(a <= begin and end <= b for a, b in offer(was["slots"] or [])) for begin, end in offer(slots))
            follows = within if log != "calendar" else said["answered"] <= said["invited"] and said["state"] in AFTER[was["state"]].split()
            hold(follows, f"violated {number}")
            head, before, opened = sha256(content), said, ""
            hashes.append(head)
        elif kind == "opening":  # Step 4.
            hold(hashes, f"misplaced {number}")
            commitment = sha256(content[:-1] + ',"whittle":"commitment/1"}')
            hold(said["seq"] == len(hashes) and before.get("commitments", {}).get(said["field"]) == commitment, f"unopened {number}")
            hold(f"={said['field']}" > opened, f"misplaced {number}")
            opened = f"={said['field']}"
        else:  # Step 5.
            hold(kind == "head", f"misplaced {number}")
            hold(hashes and said == {"entries": len(hashes), "hash": head} and number == len(lines), "head")
    hold(kind == "head", "head")
    return hashes
if __name__ == "__main__":
    try: hashes = verify((sys.stdin.buffer if sys.argv[1] == "-" else open(sys.argv[1], "rb")).read())
    except ValueError as fault: sys.exit(f"not verified: {fault}")
    if sys.argv[2:] and sys.argv[2] not in hashes: sys.exit("not verified: the receipt is of no entry of this log")
    print(f"verified: {len(hashes)} entries, head {hashes[-1]}")
