#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace {

/// A filter that names every test defined in a file whose path ends with `file`.
std::string filter_of(std::string_view file) {
  std::string filter;
  const auto& all = *testing::UnitTest::GetInstance();
  for (int s = 0; s < all.total_test_suite_count(); ++s) {
    const auto& suite = *all.GetTestSuite(s);
    for (int t = 0; t < suite.total_test_count(); ++t) {
      const auto& test = *suite.GetTestInfo(t);
      if (!std::string_view(test.file()).ends_with(file)) continue;
      filter += std::string(suite.name()) + '.' + test.name() + ':';
    }
  }
  return filter;
}

}  // namespace

/// GoogleTest's main with one more argument: `--file=core/random_test.cpp` runs the tests of that
/// file, so that ctest has one entry per file and finds them without starting this program.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  constexpr std::string_view kFile = "--file=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with(kFile)) {
      std::fprintf(stderr, "unknown argument '%s'; known: --file=PATH and --gtest_...\n", argv[i]);
      return 2;
    }
    const std::string filter = filter_of(argument.substr(kFile.size()));
    if (filter.empty()) {
      std::fprintf(stderr, "no test stands in a file that ends with '%s'\n",
                   argv[i] + kFile.size());
      return 2;
    }
    GTEST_FLAG_SET(filter, filter);
  }
  return RUN_ALL_TESTS();
}
