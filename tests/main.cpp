#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
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

/// The one directory that this process and those it starts may write to: testing::TempDir() and
/// TMPDIR lie in it. It goes when the process ends, whether the tests passed or not.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    path_ = (std::filesystem::temp_directory_path() / "downhill_tests_XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) {
      std::perror(path_.c_str());
      std::exit(2);
    }
    for (const char* variable : {"TMPDIR", "TEST_TMPDIR"}) ::setenv(variable, path_.c_str(), 1);
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

 private:
  std::string path_;
};

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
  const TemporaryDirectory temporary;
  return RUN_ALL_TESTS();
}
