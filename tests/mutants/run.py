#!/usr/bin/env python3
"""Plants one mistake after the other into the engine, and tells which test catches it.

    tests/mutants/run.py [--jobs N] [word ...]      # only mutants whose first line has one of the words

mutants.txt is the list. Works on a copy of the tree, without Bazel: the engine is a shared library that all test
programs are linked to once, so that a mutant costs the objects its file is in, one link, and the tests up to the
first that fails. Those named after the file come first, then the quick ones. Crashes and hangs count as caught.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = "-std=c++20 -O1 -fPIC -UNDEBUG -D_GLIBCXX_ASSERTIONS -w".split()
PACKAGES = ("absl_status absl_statusor absl_flat_hash_map absl_strings absl_hash absl_flags_parse "
            "gmock gtest").split()
TESTS = [".", "store", "model"]
ARGUMENTS = {"model/model_test": ["--statements=20000"]}
TIMEOUT_S = 60  # of a test program, and ten times what it takes without a mutant
MEMORY_BYTES = 6 << 30  # of one process: a mutant may ask for memory without end


def read_list(path):
    """Blocks of three lines: "file: words", "- the line as it is", "+ the line with the mistake"."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    for i in range(0, len(lines), 3):
        file, words = lines[i].split(": ", 1)
        yield file, words, lines[i + 1][1:].strip(), lines[i + 2][1:].strip()


class Build:
    """The tree copied to `scratch`, and what is made of it: objects, libtenon.so, test programs."""

    def __init__(self, scratch, pool):
        self.tree = scratch / "tree"
        for part in ("include", "store", "tests"):
            shutil.copytree(ROOT / part, self.tree / part)
        config = ["pkg-config", *PACKAGES]
        self.flags = FLAGS + subprocess.check_output([*config, "--cflags"], text=True).split()
        self.libraries = subprocess.check_output([*config, "--libs"], text=True).split()
        self.store = sorted(self.tree.glob("store/*.cc"))
        # Those that need nothing but the engine, and run in seconds.
        tests = self.tree / "tests"
        paths = [path for where in TESTS for path in sorted((tests / where).glob("*_test.cc"))]
        self.tests = {str(path.relative_to(tests))[:-3]: path
                      for path in paths if '"examples/' not in path.read_text()}
        self.helpers = sorted(set((tests / "model").glob("*.cc")) - set(self.tests.values()))
        self.objects = scratch / "objects"
        self.objects.mkdir()
        list(pool.map(lambda path: self.compile(path, self.objects), self.store + self.helpers))
        self.link_library(self.objects)
        list(pool.map(lambda name: self.link_test(name, self.objects), self.tests))

    def object(self, path, directory):
        return directory / (str(path.relative_to(self.tree)).replace("/", ".") + ".o")

    def compile(self, path, out, overlay=None):
        """Compiles a file of the tree; one below `overlay` goes before it, and before what it includes."""
        source = path
        includes = [self.tree, self.tree / "include"]
        if overlay:
            includes.insert(0, overlay)
            changed = overlay / path.relative_to(self.tree)
            source = changed if changed.exists() else path
        rtti = ["-fno-exceptions", "-fno-rtti"] if path in self.store else []
        run(["g++", *self.flags, *rtti, *(f"-I{i}" for i in includes), "-MMD", "-c", source,
             "-o", self.object(path, out)])

    def depends(self, path, header):
        """Whether `path` includes the header, by what the compiler wrote down."""
        made = self.object(path, self.objects).with_suffix(".d").read_text()
        return str(self.tree / header) in made.replace("\\\n", " ").split()

    def pick(self, path, out):
        """The object of a file: of the mutant, or else the common one."""
        own = self.object(path, out)
        return own if own.exists() else self.object(path, self.objects)

    def link_library(self, out):
        objects = [self.pick(path, out) for path in self.store]
        run(["g++", "-shared", *objects, "-o", out / "libtenon.so", *self.libraries])

    def link_test(self, name, out, overlay=None):
        path = self.tests[name]
        self.compile(path, out, overlay)
        objects = [self.object(path, out)]
        if path.parent.name == "model":
            objects += [self.object(helper, self.objects) for helper in self.helpers]
        main = [] if " main(" in path.read_text() else ["-lgtest_main"]
        program = out / name.replace("/", ".")
        run(["g++", *objects, "-o", program, f"-L{self.objects}", "-ltenon", *main, *self.libraries])
        return program


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip()[:2000])


def run_test(name, program, library, timeout_s):
    """The first test that fails, or None."""
    environment = dict(os.environ, LD_LIBRARY_PATH=str(library), GTEST_FAIL_FAST="1", GTEST_COLOR="no")
    command = [program, *ARGUMENTS.get(name, [])]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
                              cwd=library, timeout=timeout_s)
        output, how = done.stdout, "" if done.returncode == 1 else " (crash)"
        if done.returncode == 0:
            return None
    except subprocess.TimeoutExpired as late:
        output, how = late.stdout or b"", " (hang)"
    text = output.decode(errors="replace")
    failed = re.findall(r"^\[  FAILED  \] ([^ ,]+)", text, re.M) if not how else []
    started = re.findall(r"^\[ RUN      \] (\S+)", text, re.M)
    return (failed[:1] or started[-1:] or [name])[0] + how


def run_mutant(build, took, scratch, number, mutant):
    """The test that caught a mutant, or None. Raises where the mutant does not apply, or does not compile."""
    file, _, line, mistake = mutant
    lines = (build.tree / file).read_text().splitlines()
    at = [i for i, text in enumerate(lines) if text.strip() == line]
    if len(at) != 1:
        raise RuntimeError(f"the line is there {len(at)} times: {line}")
    lines[at[0]] = mistake
    out = scratch / f"mutant{number}"
    (out / "store").mkdir(parents=True)
    (out / file).write_text("\n".join(lines) + "\n")
    for path in build.store:
        if build.depends(path, file):
            build.compile(path, out, out)
    build.link_library(out)
    noun = pathlib.Path(file).stem
    for name in sorted(took, key=lambda name: (noun not in name, took[name])):
        program = build.objects / name.replace("/", ".")
        if build.depends(build.tests[name], file):
            program = build.link_test(name, out, out)
        failed = run_test(name, program, out, TIMEOUT_S + 10 * took[name])
        if failed:
            break
    shutil.rmtree(out)
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("words", nargs="*")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    mutants = [m for m in read_list(ROOT / "tests/mutants/mutants.txt")
               if not arguments.words or any(word in f"{m[0]}: {m[1]}" for word in arguments.words)]
    with tempfile.TemporaryDirectory() as directory, \
         concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        scratch = pathlib.Path(directory)
        build = Build(scratch, pool)
        took = {}
        for name in build.tests:
            start = time.monotonic()
            failed = run_test(name, build.objects / name.replace("/", "."), build.objects, 600)
            took[name] = time.monotonic() - start
            if failed:
                sys.exit(f"{failed} fails without any mutant")
        print(f"{len(mutants)} mutants, {len(took)} test programs", flush=True)

        caught = survived = broken = 0
        futures = {pool.submit(run_mutant, build, took, scratch, i, m): m for i, m in enumerate(mutants)}
        for future in concurrent.futures.as_completed(futures):
            file, words, _, _ = futures[future]
            try:
                by = future.result()
                caught, survived = (caught + 1, survived) if by else (caught, survived + 1)
            except RuntimeError as error:
                broken += 1
                by = f"NO MUTANT: {error}"
            print(f"{file}: {words}\n    {by or 'SURVIVED'}", flush=True)
        print(f"{caught} caught, {survived} survived" + (f", {broken} are no mutants" if broken else ""))
    return 1 if survived or broken else 0


if __name__ == "__main__":
    sys.exit(main())
