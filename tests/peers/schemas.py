"""Does each TOML file fit its JSON Schema? Reads lines `SCHEMA<TAB>FILE`, prints `ok` or the first reason why not, one line each."""

import json
import sys
import tomllib

import jsonschema

checkers = {}
for line in sys.stdin:
    schema, file = line.rstrip("\n").split("\t")
    if schema not in checkers:
        with open(schema, encoding="utf-8") as text:
            document = json.load(text)
        jsonschema.Draft202012Validator.check_schema(document)
        checkers[schema] = jsonschema.Draft202012Validator(document)
    with open(file, "rb") as text:
        document = tomllib.load(text)
    reason = next(checkers[schema].iter_errors(document), None)
    print("ok" if reason is None else f"{reason.json_path}: {reason.message}".replace("\n", " "))
