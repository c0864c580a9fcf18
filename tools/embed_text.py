#!/usr/bin/env python3
"""Writes text files into a C++ source, as functions that return them.

usage: tools/embed_text.py STEM NAME=FILE ...      (from the root of the repository)

Writes STEM.h and STEM.cpp, with one function `std::string_view NAME()` in
`downhill::report_assets` per file. Compilers limit the length of one literal, so the text is cut
into pieces of at most 16 KiB that the compiler joins again.
"""

import sys

PIECE = 16 * 1024
DELIMITER = "~~text~~"


def pieces(text):
    """Cuts text into literals of at most PIECE bytes, never inside a character."""
    data = text.encode("utf-8")
    begin = 0
    while begin < len(data):
        end = min(begin + PIECE, len(data))
        while end < len(data) and (data[end] & 0xC0) == 0x80:
            end -= 1
        yield data[begin:end].decode("utf-8")
        begin = end


def function(name, text):
    if f"){DELIMITER}" in text:
        sys.exit(f"{name} holds the delimiter {DELIMITER}")
    lines = [f"std::string_view {name}() {{", "  static const std::string text ="]
    literals = [f'R"{DELIMITER}({piece}){DELIMITER}"' for piece in pieces(text)]
    lines.append("      std::string() +\n      " + " +\n      ".join(literals) + ";")
    lines += ["  return text;", "}"]
    return "\n".join(lines)


def main():
    stem, files = sys.argv[1], [argument.split("=", 1) for argument in sys.argv[2:]]
    if not files:
        sys.exit(__doc__)
    note = "// Made by tools/embed_text.py; do not edit."
    with open(stem + ".h", "w", encoding="utf-8") as out:
        out.write(f"#pragma once\n// clang-format off\n{note}\n#include <string_view>\n\nnamespace downhill::report_assets {{\n\n")
        for name, path in files:
            out.write(f"std::string_view {name}();  ///< the text of {path.rsplit('/', 1)[-1]}\n")
        out.write("\n}  // namespace downhill::report_assets\n")
    with open(stem + ".cpp", "w", encoding="utf-8") as out:
        out.write(f'// clang-format off\n{note}\n#include "{stem}.h"\n\n#include <string>\n\n')
        out.write("namespace downhill::report_assets {\n\n")
        for name, path in files:
            with open(path, encoding="utf-8", newline="") as source:
                out.write(function(name, source.read()) + "\n\n")
        out.write("}  // namespace downhill::report_assets\n")


if __name__ == "__main__":
    main()
