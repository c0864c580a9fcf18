"""Every C++ and shell block of README.md (or of the files named as arguments) compiles and runs.

C++ is built against the build tree; shell blocks run in one scratch copy of the project, one after
the other, with the built `downhill` on the PATH. See markdown_blocks.py for what is not run.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import house
import markdown_blocks

WARNINGS = ["-Wall", "-Wextra", "-Wno-unused-variable", "-Wno-unused-but-set-variable", "-Werror"]
SCRATCH_PARTS = ["data", "examples", "README.md", "Makefile", "packages.txt"]


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300,
                          stdin=subprocess.DEVNULL, **options)


def output_problem(where, block, printed):
    if block.output is None or printed == block.output:
        return []
    return [f"{where}: printed\n{printed}but the document says\n{block.output}"]


def check_program(where, block, program, scratch):
    source, binary = scratch / "block.cpp", scratch / "block"
    source.write_text(program, encoding="utf-8")
    build = run([house.CXX, *house.CXX_FLAGS, *house.FORMULA_FLAGS, *WARNINGS, "-O1",
                 f"-I{house.ROOT}", str(source), "-o", str(binary), f"-L{house.BUILD}", "-ldownhill",
                 f"-Wl,-rpath,{house.BUILD}"])
    if build.returncode != 0:
        return [f"{where}: does not compile\n{build.stderr}\n--- the program was\n{program}"]
    ran = run([str(binary)], cwd=scratch)
    if ran.returncode != 0:
        return [f"{where}: ended with {ran.returncode}\n{ran.stdout}{ran.stderr}"]
    return output_problem(where, block, ran.stdout)


def check_shell(where, block, scratch):
    environment = dict(os.environ, PATH=f"{house.BUILD}:{os.environ['PATH']}")
    ran = run(["bash", "-e", "-o", "pipefail", "-c", block.text], cwd=scratch, env=environment)
    if ran.returncode != 0:
        return [f"{where}: ended with {ran.returncode}\n{block.text}\n{ran.stdout}{ran.stderr}"]
    return output_problem(where, block, ran.stdout)


def scratch_copy(directory):
    for part in SCRATCH_PARTS:
        source = house.ROOT / part
        if source.is_dir():
            shutil.copytree(source, directory / part)
        elif source.is_file():
            shutil.copy(source, directory / part)
    return directory


def check_document(document):
    blocks = markdown_blocks.blocks_of(document.read_text(encoding="utf-8"))
    problems, ran = [], 0
    for block in blocks:
        if block.language in ("cpp", "sh") and block.not_run:
            print(f"{document.name}:{block.line}: not run: {block.not_run}")
    with tempfile.TemporaryDirectory(prefix="downhill-readme-") as name:
        scratch = scratch_copy(pathlib.Path(name))
        for block, program in markdown_blocks.programs_of(blocks):
            if not block.not_run:
                ran += 1
                problems += check_program(f"{document.name}:{block.line}", block, program, scratch)
        for block in blocks:
            if block.language == "sh" and not block.not_run:
                ran += 1
                problems += check_shell(f"{document.name}:{block.line}", block, scratch)
    return problems, ran


def main():
    documents = [pathlib.Path(name) for name in sys.argv[1:]] or [house.ROOT / "README.md"]
    problems, ran = [], 0
    for document in documents:
        if not document.is_file():
            problems.append(f"{document} is missing")
            continue
        found, count = check_document(document)
        problems += found
        ran += count
    if ran == 0 and not problems:
        problems.append("no block was run")
    house.finish(problems, f"{ran} blocks compile and run")


if __name__ == "__main__":
    main()
