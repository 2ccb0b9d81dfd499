"""Compiler options of the project's own code. (-Werror is in .bazelrc, so that it does not reach our users.)

    load("//tools:copts.bzl", "TENON_COPTS", "TENON_TEST_COPTS")
"""

_WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Wshadow",
]

# The library, its public headers and the examples: no exceptions, no RTTI.
TENON_COPTS = _WARNINGS + [
    "-fno-exceptions",
    "-fno-rtti",
]

# Tests and benchmarks: they may include headers that need both (nlohmann/json.hpp, boost).
TENON_TEST_COPTS = _WARNINGS
