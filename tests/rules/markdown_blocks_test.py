"""The extraction of code blocks, on a sample."""

import unittest

import markdown_blocks

SAMPLE = """# Sample
```sh
# not run: needs root
make demo
```
Text.
```cpp
#include <vector>
struct Mine {
  constexpr auto operator()(auto p, auto y) const { return p - y; }
};
Loss mine = Mine{};
```
<!-- continues -->
```cpp
std::puts("done");
```
<!-- output -->
```text
done
```
<!-- not run: a fragment -->

```cpp
int main() { return 0; }
```
```json
{}
```
"""


class MarkdownBlocks(unittest.TestCase):
    def setUp(self):
        self.blocks = markdown_blocks.blocks_of(SAMPLE)

    def test_finds_blocks_with_line_and_language(self):
        self.assertEqual([(b.language, b.line) for b in self.blocks],
                         [("sh", 2), ("cpp", 7), ("cpp", 15), ("cpp", 24), ("json", 27)])

    def test_reason_not_to_run(self):
        self.assertEqual([b.not_run for b in self.blocks],
                         ["needs root", None, None, "a fragment", None])

    def test_output_belongs_to_the_block_before(self):
        programs = markdown_blocks.programs_of(self.blocks)
        self.assertEqual([b.output for b, _ in programs], ["done\n", None])

    def test_declarations_stand_before_main(self):
        program = markdown_blocks.programs_of(self.blocks)[0][1]
        before, body = program.split("int main() {")
        self.assertIn("struct Mine", before)
        self.assertIn("#include <vector>", before)
        self.assertNotIn("Loss mine", before)
        self.assertIn("Loss mine = Mine{};", body)
        self.assertIn('std::puts("done");', body)

    def test_whole_programs_are_left_alone(self):
        program = markdown_blocks.programs_of(self.blocks)[1][1]
        self.assertEqual(program, "int main() { return 0; }\n")

    def test_a_block_without_end_is_refused(self):
        with self.assertRaisesRegex(ValueError, "line 2"):
            markdown_blocks.blocks_of("text\n```cpp\nint x;\n")


if __name__ == "__main__":
    unittest.main()
