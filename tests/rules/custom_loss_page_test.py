"""Every block of docs/custom-loss.md compiles, runs and prints what the page says; no loss of it
has ten lines."""

import re

import house
import markdown_blocks
import readme_test

PAGE = house.ROOT / "docs" / "custom-loss.md"
MOST_LINES = 8
KINDS = ["Pointwise", "Columns", "Row", "Region", "Tensor", "Composite"]


def main():
    text = PAGE.read_text(encoding="utf-8")
    problems, ran = readme_test.check_document(PAGE)
    for kind in KINDS:
        if not re.search(rf"^## {kind}", text, re.M):
            problems.append(f"{PAGE.name}: no section {kind}")
    for block in markdown_blocks.blocks_of(text):
        if block.language != "cpp":
            continue
        loss = block.text.split("\n};\n")[0].splitlines()  # a struct, without its last line
        if len(loss) > MOST_LINES:
            problems.append(f"{PAGE.name}:{block.line}: {len(loss)} lines; expected under ten")
        if block.output is None:
            problems.append(f"{PAGE.name}:{block.line}: has no output to compare with")
    house.finish(problems, f"{ran} blocks compile and run")


if __name__ == "__main__":
    main()
