#include "downhill/io/directory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "downhill/io/append_file.h"
#include "downhill/io/same_file.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

namespace fs = std::filesystem;

fs::path fresh(const std::string& name) {
  const fs::path path = fs::path(::testing::TempDir()) / ("directory_" + name);
  fs::remove_all(path);
  return path;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

TEST(DirectoryLock, HoldsADirectoryForOne) {
  const fs::path place = fresh("lock") / "a" / "b";
  {
    const DirectoryLock lock(place);
    EXPECT_EQ(text_of(place / "run.lock"), std::to_string(::getpid()) + "\n");
    expect_error<FileError>([&] { DirectoryLock again(place); },
                            "process " + std::to_string(::getpid()));
    const DirectoryLock beside(place / "c");
  }
  EXPECT_FALSE(fs::exists(place / "run.lock"));
  const DirectoryLock again(place);
}

TEST(DirectoryLock, ADeadProcessHoldsNothing) {
  const fs::path place = fresh("dead");
  fs::create_directories(place);
  put(place / "run.lock", "999999999\n");  // killed, and something else may have the number now
  { const DirectoryLock lock(place); }
  const pid_t child = ::fork();
  if (child == 0) {
    new DirectoryLock(place);
    ::_exit(0);  // without a destructor, as killed
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(fs::exists(place / "run.lock"));
  const DirectoryLock lock(place);
  EXPECT_EQ(text_of(place / "run.lock"), std::to_string(::getpid()) + "\n");
}

TEST(DirectoryLock, AnotherProcessIsNamed) {
  const fs::path place = fresh("other");
  int ready[2], done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    new DirectoryLock(place);
    char byte = 0;
    ::_exit(::write(ready[1], "x", 1) == 1 && ::read(done[0], &byte, 1) == 1 ? 0 : 1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  expect_error<FileError>([&] { DirectoryLock lock(place); }, "process " + std::to_string(child));
  ASSERT_EQ(::write(done[1], "x", 1), 1);
  ::waitpid(child, nullptr, 0);
}

TEST(MakeDirectory, MakesWhatIsMissing) {
  const fs::path place = fresh("made");
  make_directory(place / "x" / "y/");
  make_directory(place / "x" / "y");
  EXPECT_TRUE(fs::is_directory(place / "x" / "y"));
  put(place / "file", "");
  expect_error<FileError>([&] { make_directory(place / "file" / "z"); }, "cannot be made");
  expect_error<FileError>([&] { DirectoryLock lock(place / "file"); }, "file");
}

TEST(AppendFile, GrowsAndIsCut) {
  const fs::path place = fresh("append");
  fs::create_directories(place);
  {
    AppendFile file = AppendFile::create(place / "a");
    file.append("one\n");
    file.append("two\n");
    file.sync();
    EXPECT_EQ(text_of(place / "a"), "one\ntwo\n");
    file.close();
  }
  AppendFile file = AppendFile::after(place / "a", 4);
  file.append("three\n");
  EXPECT_EQ(text_of(place / "a"), "one\nthree\n");
  put(place / "b", "");
  fs::rename(place / "b", place / "a");
  expect_error<FileError>([&] { file.close(); }, "replaced while");
  expect_error<FileError>([&] { AppendFile::after(place / "none", 0); }, "No such file");
  AppendFile full = AppendFile::create("/dev/full");
  expect_error<FileError>([&] { full.append("x"); }, "No space");
}

TEST(SameFile, OverLinksAndSpellings) {
  const fs::path place = fresh("same");
  fs::create_directories(place / "d");
  put(place / "a", "1");
  put(place / "b", "1");
  fs::create_hard_link(place / "a", place / "hard");
  fs::create_symlink("a", place / "soft");
  fs::create_symlink("none", place / "dangling");
  fs::create_symlink("d", place / "e");
  for (const char* name : {"a", "hard", "soft", "./a", "d/../a", "e/../a"})
    EXPECT_TRUE(same_file(place / "a", place / name)) << name;
  for (const char* name : {"b", "none", "d/a", "d"})
    EXPECT_FALSE(same_file(place / "a", place / name)) << name;
  EXPECT_TRUE(same_file(place / "none", place / "d/../none"));
  EXPECT_TRUE(same_file(place / "d/none", place / "e/none"));
  EXPECT_TRUE(same_file(place / "dangling", place / "none"));
  EXPECT_FALSE(same_file("/dev/null", "/dev/null"));
}

TEST(SameFile, OutputsOverInputsAndOneAnotherAreRefused) {
  const fs::path place = fresh("outputs");
  fs::create_directories(place);
  put(place / "data.csv", "1");
  const NamedFile data{"DATA", place / "data.csv"}, out{"--out", place / "new.csv"},
      over{"--out", place / "data.csv"}, trace{"--trace", place / "./new.csv"}, none{"--json", ""};
  const auto check = [](std::vector<NamedFile> inputs, std::vector<NamedFile> outputs) {
    check_outputs(inputs, outputs);
  };
  check({data, none}, {out, none});
  expect_usage([&] { check({data}, {over}); }, "--out", "data.csv", "DATA");
  expect_usage([&] { check({data}, {out, trace}); }, "--trace", "--out", "written twice");
}

}  // namespace
}  // namespace downhill
