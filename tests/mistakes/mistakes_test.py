#!/usr/bin/env python3
"""That compilers explain mistakes: each program of mistakes.cc is refused with the sentence that stands above it.

    tests/mistakes/mistakes_test.py [--report] [name ...]

With --report, a line for each program and compiler: how many lines it printed, and the first error. The headers are
compiled once. g++ must be there, clang++-14 may.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).absolute().parents[2]
HERE = ROOT / "tests/mistakes"
FLAGS = "-std=c++20 -fno-exceptions -fno-rtti -Wall -Wextra -Wconversion -Wshadow -Werror".split()


def read_programs():
    """The name of each program, with the sentence that each compiler must print."""
    sentences = {}
    for line in (HERE / "mistakes.cc").read_text().splitlines():
        if said := re.match(r"  // (g\+\+|clang|both)  +(.*)", line):
            for compiler in ("g++", "clang") if said[1] == "both" else (said[1],):
                sentences[compiler] = said[2]
        elif name := re.match(r"#ifdef (\w+)", line):
            yield name[1].lower(), sentences
            sentences = {}


class Compiler:
    """One compiler, with the headers of the programs made ready for it in `scratch`."""

    def __init__(self, name, command, scratch):
        self.name = name
        self.command = [command, *FLAGS, f"-I{ROOT}/include", f"-I{ROOT}"]
        header = HERE / "shop.h"
        if name == "g++":
            ready = scratch / "tests/mistakes/shop.h.gch"
            ready.parent.mkdir(parents=True)
            self.command.insert(1, f"-I{scratch}")
            self.use = []
        else:
            ready = scratch / "shop.pch"
            self.use = ["-include-pch", str(ready)]
        subprocess.run([*self.command, "-x", "c++-header", str(header), "-o", str(ready)], check=True)

    def says(self, program):
        """What it prints of the program, quotes made plain."""
        done = subprocess.run([*self.command, *self.use, f"-D{program.upper()}", "-fsyntax-only", "-x", "c++", str(HERE / "mistakes.cc")],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, re.sub("[‘’]", "'", done.stdout)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--report", action="store_true")
    arguments.add_argument("name", nargs="*")
    asked = arguments.parse_args()
    programs = [(name, sentences) for name, sentences in read_programs() if not asked.name or name in asked.name]
    failures = 0
    if len(programs) < 30 and not asked.name:
        sys.exit("mistakes.cc was not understood")
    with tempfile.TemporaryDirectory() as scratch:
        for compiler_name, command in (("g++", "g++"), ("clang", "clang++-14")):
            if compiler_name == "clang" and shutil.which(command) is None:
                continue
            compiler = Compiler(compiler_name, command, pathlib.Path(scratch))
            code, output = compiler.says("control")
            if code != 0:
                failures += 1
                print(f"{compiler_name}: without a mistake it should compile:\n{output}")
            for name, sentences in programs:
                code, output = compiler.says(name)
                if code == 0 or sentences[compiler_name] not in output:
                    failures += 1
                    print(f"{compiler_name}: {name} "
                          f"{'compiles' if code == 0 else 'is refused without'}: {sentences[compiler_name]}\n{output}")
                if asked.report:
                    first = next((line for line in output.splitlines() if "error:" in line), "")
                    print(f"{name} | {compiler_name} | {len(output.splitlines())} | {first.split('error: ', 1)[-1]}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
