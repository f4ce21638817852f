"""Has examples/verify.py judge many variants of exports, for tests/script/ledger_python.test.mjs.

A line of the input is `[export, changes]`, as domain/examples/verify.rs reads it: a change is `[at, gone, bytes]`. The output has one line for
each change: `ok`, or the fault and its line.
"""
import importlib.util, json, pathlib, sys

path = pathlib.Path(__file__).parents[2] / "examples" / "verify.py"
spec = importlib.util.spec_from_file_location("verify", path)
verifier = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(verifier)

for line in sys.stdin:
    export, changes = json.loads(line)
    whole = export.encode()
    for at, gone, put in changes:
        try:
            verifier.verify(whole[:at] + bytes(put) + whole[at + gone :])
            print("ok")
        except ValueError as fault:
            print(fault)
