"""Makes a C++ program of the ```cpp blocks of a document: extract.py FILE.md > FILE.cc

What a document may rely on, and must keep to:
  - The blocks below one `## ` heading continue each other: together they are one function.
  - The blocks above the first heading begin each of these functions anew (the schema, as a rule).
  - #include lines go to the top, and `int main() {` is a block like any other.
  - What the blocks of a heading print to std::cout is what its ```text blocks say.
"""
import os
import re
import sys


class Section:
    def __init__(self, heading):
        self.heading = heading
        self.code = []  # (line number, line)
        self.text = ""  # what it must print


def read(path):
    """The sections of a document, that above the first heading first."""
    sections = [Section("")]
    language = None  # of the block that the line is in
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if language is not None and line.startswith("```"):
                language = None
            elif language == "cpp":
                sections[-1].code.append((number, line))
            elif language == "text":
                sections[-1].text += line
            elif language is None and line.startswith("```"):
                language = line[3:].strip()
            elif language is None and line.startswith("## "):
                sections.append(Section(line[3:].strip()))
    return sections


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", '\\n"\n    "') + '"'


def function(name, code, path):
    lines = ["void %s() {" % name]
    last = -1
    for number, line in code:
        if number != last + 1:
            lines.append('#line %d "%s"' % (number, path))
        last = number
        lines.append(re.sub(r"^int main\(\) \{", "{", line.rstrip("\n")))
    return lines + ["}"]


def program(sections, path):
    includes = {"#include <iostream>", '#include "tenon/tenon.h"', '#include "tests/docs/section.h"'}
    for section in sections:
        includes.update(line.strip() for _, line in section.code if line.startswith("#include"))
        section.code = [(number, line) for number, line in section.code if not line.startswith("#include")]

    above, below = sections[0], [section for section in sections[1:] if section.code]
    runs = below or [above]
    lines = sorted(includes) + ["namespace {"]
    for i, section in enumerate(runs):
        lines += function("Section%d" % i, above.code + (section.code if below else []), path)
    lines.append("}  // namespace")
    lines.append('#line 1 "generated from %s"' % path)
    lines.append("int main() {")
    lines.append("  return tenon::docs::RunSections({")
    for i, section in enumerate(runs):
        lines.append("    {%s, Section%d, %s}," % (quoted(section.heading), i, quoted(section.text)))
    return lines + ["  });", "}"]


if __name__ == "__main__":
    print("\n".join(program(read(sys.argv[1]), os.path.relpath(sys.argv[1]))))
