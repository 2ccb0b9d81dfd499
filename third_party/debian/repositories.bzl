"""Debian's packages under the labels of the upstream Bazel repositories.

A BUILD file says @com_google_absl//absl/container:flat_hash_map whether Bazel downloads abseil
(MODULE.bazel) or not (WORKSPACE, with the functions below). In the second case the label is a
cc_library without sources or headers: the compiler finds the headers in /usr/include by itself,
and the linker options are what `pkg-config --libs` prints.
"""

# ------------------------------------------------------------------ what Bazel itself would fetch

def _files_impl(ctx):
    for path, content in ctx.attr.files.items():
        ctx.file(path, content)

_files_repository = repository_rule(
    implementation = _files_impl,
    attrs = {"files": attr.string_dict(mandatory = True)},
    local = True,
)

def _native(rules):
    """A .bzl file that exports Bazel's built-in rules under their own names."""
    return "".join(["%s = native.%s\n" % (rule, rule) for rule in rules])

# `bazel coverage` runs this after each test: the .gcov.json.gz files of GCC >= 9 become one lcov file.
# (Upstream's merger is a Java tool that Bazel downloads. Not a py_binary: that wants `python`, which Debian lacks.)
_LCOV_MERGER = """#!/usr/bin/env python3
import collections, glob, gzip, json, os, sys

args = dict(arg[2:].split("=", 1) for arg in sys.argv[1:] if "=" in arg)
wanted = None
if "source_file_manifest" in args:
    wanted = {line.strip() for line in open(args["source_file_manifest"])}
files = collections.defaultdict(lambda: collections.defaultdict(int))  # name -> line -> count
for path in glob.glob(os.path.join(args["coverage_dir"], "**", "*.gcov.json.gz"), recursive=True):
    for source in json.load(gzip.open(path))["files"]:
        name = source["file"]
        if "/_virtual_includes/" in name:  # .../_virtual_includes/<target>/tenon/row.h is a link to include/tenon/row.h
            name = "include/" + name.split("/_virtual_includes/")[1].split("/", 1)[1]
        elif name.startswith("/") or (wanted and name not in wanted):
            continue
        for line in source["lines"]:
            files[name][line["line_number"]] += line["count"]
with open(args["output_file"], "w") as out:
    for name, lines in sorted(files.items()):
        out.write("SF:%s\\n" % name)
        for number, count in sorted(lines.items()):
            out.write("DA:%d,%d\\n" % (number, count))
        out.write("LH:%d\\nLF:%d\\nend_of_record\\n" % (sum(1 for c in lines.values() if c), len(lines)))
"""

def bazel_builtin_shims():
    """The three repositories without which Bazel 4.2.3 cannot work offline."""
    _files_repository(
        name = "rules_cc",
        files = {
            "WORKSPACE": "",
            "cc/BUILD.bazel": "",
            "cc/defs.bzl": _native([
                "cc_binary",
                "cc_import",
                "cc_library",
                "cc_proto_library",
                "cc_test",
                "cc_toolchain",
                "cc_toolchain_suite",
                "objc_import",
                "objc_library",
            ]),
        },
    )
    _files_repository(
        name = "rules_java",
        files = {
            "WORKSPACE": "",
            "java/BUILD.bazel": "",
            "java/defs.bzl": _native([
                "java_binary",
                "java_import",
                "java_library",
                "java_package_configuration",
                "java_plugin",
                "java_runtime",
                "java_test",
                "java_toolchain",
            ]),
        },
    )
    _files_repository(
        name = "remote_coverage_tools",
        files = {
            "WORKSPACE": "",
            "BUILD.bazel": """package(default_visibility = ["//visibility:public"])
sh_binary(name = "lcov_merger", srcs = ["lcov_merger.py"])
sh_binary(name = "coverage_report_generator", srcs = ["nothing.sh"])
""",
            "lcov_merger.py": _LCOV_MERGER,
            "nothing.sh": "#!/bin/sh\n",
        },
    )

# ------------------------------------------------------------------ libraries

def _pkg_config(ctx, what, modules):
    if not modules:
        return []
    result = ctx.execute(["pkg-config", what] + modules)
    if result.return_code != 0:
        fail("@%s: pkg-config does not know %s; run ./dev setup, or: apt-get install pkg-config %s\n%s" %
             (ctx.name, " ".join(modules), ctx.attr.apt, result.stderr))
    return [flag for flag in result.stdout.strip().split(" ") if flag]

def _debian_library_impl(ctx):
    packages = {}
    for label, words in ctx.attr.targets.items():
        package, target = label.split(":")
        words = [word for word in words.split(" ") if word]
        modules = [word for word in words if not word.startswith("-")]
        linkopts = [word for word in words if word.startswith("-")]
        for flag in _pkg_config(ctx, "--libs", modules):
            # abseil.pc wraps -latomic in --push-state and --pop-state: dropping duplicates would break the pairs.
            if flag not in linkopts and not flag.startswith("-Wl,--p"):
                linkopts.append(flag)
        defines = [
            flag[2:]
            for flag in _pkg_config(ctx, "--cflags-only-other", modules)
            if flag.startswith("-D") and flag != "-DNOMINMAX"
        ]
        packages.setdefault(package, []).append(
            "cc_library(name = %r, linkopts = %r, defines = %r)\n" % (target, linkopts, defines),
        )
    for package, rules in packages.items():
        ctx.file(
            (package + "/" if package else "") + "BUILD.bazel",
            "load(\"@rules_cc//cc:defs.bzl\", \"cc_library\")\n\n" +
            "package(default_visibility = [\"//visibility:public\"])\n\n" + "\n".join(rules),
        )
    ctx.file("WORKSPACE", "")

debian_library = repository_rule(
    implementation = _debian_library_impl,
    attrs = {
        "targets": attr.string_dict(
            mandatory = True,
            doc = "\"package:target\" -> pkg-config modules and literal linker flags (none: headers only)",
        ),
        "apt": attr.string(doc = "Debian packages, for the error message"),
    },
    environ = ["PKG_CONFIG_PATH"],
)

# Bazel package under absl/ -> targets. The pkg-config module is absl_<target> unless named in _ABSL_MODULES.
_ABSL = {
    "algorithm": ["algorithm", "container"],
    "base": ["base", "config", "core_headers", "dynamic_annotations", "endian", "log_severity", "prefetch"],
    "cleanup": ["cleanup"],
    "container": [
        "btree",
        "fixed_array",
        "flat_hash_map",
        "flat_hash_set",
        "inlined_vector",
        "node_hash_map",
        "node_hash_set",
    ],
    "debugging": ["failure_signal_handler", "leak_check", "stacktrace", "symbolize"],
    "flags": ["flag", "parse", "reflection", "usage"],
    "functional": ["any_invocable", "bind_front", "function_ref"],
    "hash": ["hash"],
    "memory": ["memory"],
    "meta": ["type_traits"],
    "numeric": ["bits", "int128"],
    "random": ["bit_gen_ref", "distributions", "random", "seed_sequences"],
    "status": ["status", "statusor"],
    "strings": ["cord", "str_format", "strings"],
    "synchronization": ["synchronization"],
    "time": ["time"],
    "types": ["any", "compare", "optional", "span", "variant"],
    "utility": ["utility"],
}

_ABSL_MODULES = {
    "algorithm:container": "absl_algorithm_container",
    "flags:flag": "absl_flags",
    "flags:parse": "absl_flags_parse",
    "flags:reflection": "absl_flags_reflection",
    "flags:usage": "absl_flags_usage",
    "meta:type_traits": "absl_meta",
    "random:bit_gen_ref": "absl_random_bit_gen_ref",
    "random:distributions": "absl_random_distributions",
    "random:random": "absl_random_random",
    "random:seed_sequences": "absl_random_seed_sequences",
}

def debian_libraries():
    """@com_google_absl and the other libraries that BUILD files name."""
    absl = {}
    for package, targets in _ABSL.items():
        for target in targets:
            label = "%s:%s" % (package, target)
            absl["absl/" + label] = _ABSL_MODULES.get(label, "absl_" + target)
    debian_library(name = "com_google_absl", apt = "libabsl-dev", targets = absl)
    debian_library(
        name = "com_google_googletest",
        apt = "libgtest-dev libgmock-dev",
        targets = {":gtest": "gmock gtest", ":gtest_main": "gmock gtest_main gtest"},
    )
    debian_library(
        name = "com_google_benchmark",
        apt = "libbenchmark-dev",
        targets = {":benchmark": "benchmark", ":benchmark_main": "-lbenchmark_main benchmark"},
    )

    # Tests and benchmarks only: what Tenon is compared with.
    debian_library(name = "sqlite3", apt = "libsqlite3-dev", targets = {":sqlite3": "sqlite3"})
    debian_library(name = "nlohmann_json", apt = "nlohmann-json3-dev", targets = {":json": "nlohmann_json"})
    debian_library(name = "boost", apt = "libboost-dev", targets = {":boost": ""})
