#!/usr/bin/env python3
"""What the typed face costs a compiler: seconds for one file with 40 tables of 8 columns and 3 edges, at -O0.

  benchmarks/compile_time.py [--tables 40] [--runs 3] [--compilers g++,clang++-14] [--include include]

Each line adds what it names to all lines above it; the least of the runs counts, in seconds of the processor.
"""

import argparse
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

EDGES = (("a_id", 1), ("b_id", 7), ("c_id", 13))


def structs(n):
    return [f"struct T{i} {{ std::int64_t id = 0; std::string name = {{}}; std::int32_t n = 0; double d = 0; "
            f"bool b = false; std::optional<std::int64_t> a_id = {{}}; std::optional<std::int64_t> b_id = {{}}; "
            f"std::int64_t c_id = 0; }};" for i in range(n)]


def definitions(n):
    tables = []
    for i in range(n):
        edges = ", ".join(f"tenon::BelongsTo(&T{i}::{fk}, &T{(i + d) % n}::id)" for fk, d in EDGES)
        tables.append(f'tenon::TableOf<T{i}>("T{i}", {{tenon::PrimaryKey(&T{i}::id).AutoIncrement(), {edges}}})')
    return ["absl::Status Define(tenon::Database& db) { return db.CreateTables({" + ",\n".join(tables) + "}); }"]


def handles(n):
    members, opened = [], []
    for i in range(n):
        members.append(f"tenon::Table<T{i}> t{i};")
        opened.append(f'w.t{i} = db.GetTable<T{i}>("T{i}");')
    for i in range(n):
        for k, (fk, d) in enumerate(EDGES):
            to = (i + d) % n
            members.append(f"tenon::ToOne<T{i}, T{to}> o{i}_{k}; tenon::ToMany<T{to}, T{i}> m{i}_{k};")
            opened.append(f"w.o{i}_{k} = w.t{i}.BelongsTo(w.t{to}, &T{i}::{fk}); "
                          f"w.m{i}_{k} = w.t{to}.HasMany(w.t{i}, &T{i}::{fk});")
    return ["struct World {", *members, "};", "World Open(tenon::Database& db) { World w;", *opened, "return w; }"]


def uses(*lines):
    """A function for each table: $i is its number, $j that of the target of its first edge."""
    def text(n):
        bodies = [" ".join(lines).replace("$i", str(i)).replace("$j", str((i + 1) % n)) for i in range(n)]
        return [f"bool Use(World& w, tenon::Ref<T{i}> r, Step<__COUNTER__>) {{ bool ok = w.t{i}.Contains(r); "
                f"{body} return ok; }}" for i, body in enumerate(bodies)]
    return text


STEPS = [
    ("the header alone", lambda n: []),
    ("structs and definitions", lambda n: structs(n) + definitions(n)),
    ("handles: a table, three edges both ways", handles),
    ("Insert, Get, Erase", uses('auto made = w.t$i.Insert({.name = "x"}); ok = ok && made.ok();',
                                "auto row = w.t$i.Get(r); ok = ok && row.ok() && w.t$i.Erase(r).ok();")),
    ("InsertAll", uses('auto all = w.t$i.InsertAll({{.name = "y"}, {.name = "z"}}); ok = ok && all.ok();')),
    ("Set, Get of a cell, Update, Replace, Upsert",
     uses("ok = ok && w.t$i.Set(r, &T$i::n, 3).ok() && w.t$i.Get(r, &T$i::name).ok();",
          'ok = ok && w.t$i.Update(r, {{&T$i::name, "q"}, {&T$i::d, 2.5}}).ok();',
          "ok = ok && w.t$i.Replace(r, {}).ok() && w.t$i.Upsert({}).ok();")),
    ("edges: Get, Set, Clear, Create, Of", uses(
        'auto target = w.o$i_0.Create(r, {.name = "t"}); ok = ok && target.ok() && w.o$i_0.Set(r, *target).ok();',
        "ok = ok && w.o$i_0.Clear(r).ok() && w.m$i_0.Create(*target, {}).ok();",
        "for (auto child : w.m$i_0.Of(*target)) ok = ok && w.o$i_0.Get(child) == *target;")),
    ("Column, MutableColumn, a loop", uses(
        "auto n = w.t$i.Column(&T$i::n); auto d = w.t$i.MutableColumn(&T$i::d);",
        "for (auto row : w.t$i) d[row] += n[row];")),
    ("Where with two conditions and Is, OrderBy, Limit, Refs, Find", uses(
        'auto refs = w.t$i.Where(tenon::Col(&T$i::n) >= 3 && w.o$i_0.Is(tenon::Col(&T$j::name) != "x"))',
        ".OrderBy(&T$i::d).Limit(10).Refs(); ok = ok && !refs.empty() && w.t$i.Find(&T$i::id, 1);")),
    ("Rows", uses('ok = ok && w.t$i.Where(tenon::Col(&T$i::name) == "y").Rows().empty();')),
]


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tables", type=int, default=40)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--compilers", default="g++,clang++-14")
    options.add_argument("--include", default=str(pathlib.Path(__file__).resolve().parent.parent / "include"))
    given = options.parse_args()
    compilers = [c for c in given.compilers.split(",") if shutil.which(c)]
    if not compilers:
        sys.exit(f"compile_time: none of {given.compilers} is there")
    print(f"{given.tables} tables, seconds:  " + "  ".join(compilers))
    with tempfile.TemporaryDirectory() as scratch:
        source = pathlib.Path(scratch) / "tables.cc"
        text = ['#include "tenon/tenon.h"', "template <int> struct Step {};"]
        for name, step in STEPS:
            text += step(given.tables)
            source.write_text("\n".join(text) + "\n")
            took = [min(seconds([compiler, "-std=c++20", "-O0", f"-I{given.include}", "-c", str(source),
                                 "-o", str(source.with_suffix(".o"))]) for _ in range(given.runs))
                    for compiler in compilers]
            print("  ".join(f"{t:6.2f}" for t in took) + f"  {name}", flush=True)


main()
