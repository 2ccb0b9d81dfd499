#!/usr/bin/env python3
"""Makes tables and a plot of store_benchmark's results.

    bazel run --config=bench //benchmarks:store_benchmark -- --benchmark_format=json ... | benchmarks/table.py
    ... | benchmarks/table.py --svg docs/benchmark.svg      the plot as well: the largest size, random keys

Each number is the median over the repetitions.
"""

import collections
import json
import math
import re
import statistics
import sys

STORES = ["SQLite", "ByHand", "Tenon"]
TITLES = {"SQLite": "SQLite", "ByHand": "by hand", "Tenon": "Tenon"}
COLORS = {"SQLite": "#9aa5b1", "ByHand": "#e0a458", "Tenon": "#2f6f8f"}

# What a line of the table says, the workload it shows, and the one that stands in where a store lacks that.
LINES = [
    ("insert, key checked", "Insert", None),
    ("the same in batches", "InsertInBatches", "Insert"),
    ("find by key and follow", "FindAndFollow", None),
    ("follow from a handle", "Follow", None),
    ("sum over children, per child", "SumOfChildren", None),
    ("count children", "CountChildren", None),
    ("move a child", "Move", None),
    ("the same in batches", "MoveInBatches", "Move"),
    ("key change, per child that follows", "ChangeKey", None),
    ("cascade delete, per row", "CascadeDelete", None),
    ("roll back inserts, per insert", "RollBackInserts", None),
    ("roll back moves, per move", "RollBackMoves", None),
]


def read(results):
    """(workload, store, children, random) -> ns by item, and the same for bytes by child."""
    times, sizes = collections.defaultdict(list), collections.defaultdict(list)
    for run in results["benchmarks"]:
        name = re.match(r"BM_(\w+)<(\w+)>/children:(\d+)/random:([01])", run["name"])
        if not name or run.get("run_type") != "iteration":
            continue
        if run.get("error_occurred"):
            sys.exit("%s: %s" % (run["name"], run["error_message"]))
        key = name[1], name[2], int(name[3]), int(name[4])
        times[key].append(run["per_item"] * 1e9)
        if "bytes_per_child" in run:
            sizes[key].append(run["bytes_per_child"])
    return [{key: statistics.median(values) for key, values in all.items()} for all in (times, sizes)]


def number(value):
    return "%.2g" % value if value < 10 else "{:,.0f}".format(value)


def cell(values, form=number):
    """Dense / random; one number where both print alike, or only one was measured."""
    return " / ".join(dict.fromkeys(form(value) for value in values if value is not None)) or "-"


def ratio(others, ours):
    return [a / b if a is not None and b else None for a, b in zip(others, ours)]


def row(values, workload, instead, children):
    """store -> [dense, random] of one line."""
    return {
        store: [values.get((workload, store, children, r), values.get((instead, store, children, r))) for r in (0, 1)]
        for store in STORES
    }


def print_line(title, by_store):
    columns = [cell(by_store[store]) for store in STORES]
    columns += [cell(ratio(by_store[store], by_store["Tenon"]), lambda x: number(x) + "x") for store in STORES[:2]]
    print("| %s | %s |" % (title, " | ".join(columns)))


def print_tables(times, sizes):
    for children in sorted({key[2] for key in times}):
        print("\n{:,} children, ns per item, keys dense / random:\n".format(children))
        titles = [TITLES[store] for store in STORES] + ["%s : Tenon" % TITLES[store] for store in STORES[:2]]
        print("| | %s |\n|---|%s" % (" | ".join(titles), "---:|" * len(titles)))
        for title, workload, instead in LINES:
            print_line(title, row(times, workload, instead, children))
        print_line("bytes per child", row(sizes, "Insert", None, children))


def print_observed(times):
    """What it costs that somebody observes."""
    for children in sorted({key[2] for key in times if key[1] == "TenonObserved"}):
        print("\n{:,} children, ns per item, keys dense / random:\n".format(children))
        print("| | Tenon | observed | observed : Tenon |\n|---|---:|---:|---:|")
        for title, workload, _ in LINES:
            alone, observed = [
                [times.get((workload, store, children, r)) for r in (0, 1)] for store in ("Tenon", "TenonObserved")
            ]
            if observed != [None, None]:
                ratios = cell(ratio(observed, alone), lambda x: number(x) + "x")
                print("| %s | %s | %s | %s |" % (title, cell(alone), cell(observed), ratios))


def plot(times, children):
    """Horizontal bars on a logarithmic scale."""
    left, width, bar, gap, top = 230, 470, 9, 12, 46
    group = len(STORES) * bar + gap
    powers = range(0, 5)
    height = top + len(LINES) * group + 24
    x = lambda ns: left + width * max(0.0, math.log10(max(ns, 1.0))) / powers[-1]
    text = '<text x="%g" y="%g" text-anchor="%s"%s>%s</text>'
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="780" height="%d" font-family="sans-serif" font-size="12">'
        % height,
        '<rect width="780" height="%d" fill="white"/>' % height,
    ]
    for i, store in enumerate(STORES):
        out.append('<rect x="%d" y="10" width="12" height="12" fill="%s"/>' % (left + 90 * i, COLORS[store]))
        out.append(text % (left + 90 * i + 17, 20, "start", "", TITLES[store]))
    for power in powers:
        at = x(10**power)
        out.append('<path d="M%g %dV%d" stroke="#ddd"/>' % (at, top - 6, height - 20))
        out.append(text % (at, height - 6, "middle", ' fill="#666"', "{:,} ns".format(10**power)))
    for i, (title, workload, instead) in enumerate(LINES):
        y = top + i * group
        title = LINES[i - 1][0] + ", in batches" if title == "the same in batches" else title
        out.append(text % (left - 8, y + group / 2 - 2, "end", "", title))
        for place, (store, values) in enumerate(row(times, workload, instead, children).items()):
            if values[1] is not None:
                shape = '<rect x="%g" y="%g" width="%.1f" height="%d" fill="%s"><title>%s</title></rect>'
                at = y + place * bar
                out.append(shape % (left, at, x(values[1]) - left, bar - 1, COLORS[store], number(values[1]) + " ns"))
    return "\n".join(out + ["</svg>\n"])


def main(args):
    times, sizes = read(json.load(sys.stdin))
    if not times:
        sys.exit("no results of store_benchmark on stdin")
    print_tables(times, sizes)
    print_observed(times)
    if args[:1] == ["--svg"]:
        with open(args[1], "w") as file:
            file.write(plot(times, max(key[2] for key in times)))


if __name__ == "__main__":
    main(sys.argv[1:])
