"""The code blocks of a Markdown file, and C++ snippets as programs.

A block is not run if its first line is `# not run: reason` (in C++ `// not run: reason`), or if the
line `<!-- not run: reason -->` stands above it. With `<!-- continues -->` above it, a C++ block
goes on from the one before. A `text` block with `<!-- output -->` above it is what the block before
it prints.
"""

import dataclasses
import re

NOT_RUN = re.compile(r"^(?:#|//|<!--) not run: (.*?)(?: -->)?$")
PRELUDE = "#include <downhill/downhill.h>\n#include <cstdio>\nusing namespace downhill;\n"


@dataclasses.dataclass
class Block:
    language: str
    line: int
    text: str
    above: str = ""           # the line above the fence, if it is an HTML comment
    output: str | None = None  # what it must print

    @property
    def not_run(self):
        for line in (self.text.split("\n", 1)[0], self.above):
            found = NOT_RUN.match(line.strip())
            if found:
                return found.group(1)
        return None


def blocks_of(markdown):
    """All fenced blocks of `markdown`, outputs attached to the blocks that print them."""
    blocks, inside, above = [], None, ""
    for number, line in enumerate(markdown.splitlines(), 1):
        fence = re.match(r"^```(\w*)\s*$", line)
        if inside is None and fence:
            inside = Block(fence.group(1), number, "", above)
        elif inside is not None and line.rstrip() == "```":
            if inside.language == "text" and inside.above == "<!-- output -->" and blocks:
                blocks[-1].output = inside.text
            else:
                blocks.append(inside)
            inside, above = None, ""
        elif inside is not None:
            inside.text += line + "\n"
        elif line.strip():
            above = line.strip() if line.startswith("<!--") else ""
    if inside is not None:
        raise ValueError(f"the block that begins in line {inside.line} has no end")
    return blocks


def program_of(snippet):
    """A whole program: as it is if it has a main, else with declarations before a main of ours."""
    if re.search(r"\bint main\s*\(", snippet):
        return snippet
    outside, body, in_declaration = [], [], False
    for line in snippet.splitlines():
        if line.startswith("#include") or line.startswith("using namespace"):
            outside.append(line)
            continue
        starts = re.match(r"(struct|class|enum|template|union|constexpr auto|inline)\b", line)
        if starts and not in_declaration:
            one_line = line.count("{") == line.count("}") and line.rstrip().endswith((";", "}"))
            in_declaration = not one_line
            outside.append(line)
            continue
        (outside if in_declaration else body).append(line)
        if in_declaration and line.startswith("}"):
            in_declaration = False
    includes = [line for line in outside if line.startswith("#include")]
    declarations = [line for line in outside if not line.startswith("#include")]
    return ("\n".join(includes) + "\n" + PRELUDE + "\n".join(declarations) + "\nint main() {\n"
            + "\n".join(body) + "\n}\n")


def programs_of(blocks):
    """The C++ blocks with the blocks that continue them joined: pairs of (block, program)."""
    snippets = []
    for block in (b for b in blocks if b.language == "cpp"):
        if block.above == "<!-- continues -->" and snippets:
            first, text = snippets[-1]
            snippets[-1] = (first, text + block.text)
            first.output = block.output or first.output
        else:
            snippets.append((block, block.text))
    return [(block, program_of(text)) for block, text in snippets]
