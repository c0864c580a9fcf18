#include "downhill/io/atomic_file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>

#include "downhill/io/input_file.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_files::Directory;
using testing_files::get;
using testing_files::put;
using testing_files::refusal;

TEST(AtomicFile, WritesAndReplaces) {
  const Directory dir;
  write_atomically(dir / "a", "one");
  EXPECT_EQ(get(dir / "a"), "one");
  ::chmod((dir / "a").c_str(), 0600);
  const std::string large(1 << 20, 'x');
  write_atomically(dir / "a", [&](FileWriter& out) {
    out.write("begin");
    out.write(large);
    out.write("end");
    EXPECT_EQ(out.written(), large.size() + 8);
  });
  EXPECT_EQ(get(dir / "a"), "begin" + large + "end");
  EXPECT_EQ(dir.entries(), 1u);
  struct stat status {};
  ::stat((dir / "a").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777u, 0600u) << "permissions are kept";
}

TEST(AtomicFile, FollowsLinksAndLongNames) {
  const Directory dir;
  put(dir / "target", "old");
  std::filesystem::create_symlink("target", dir / "link");
  write_atomically(dir / "link", "new");
  EXPECT_EQ(get(dir / "target"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "link"));
  const std::string name(255, 'n');
  write_atomically(dir / name, "x");
  EXPECT_EQ(get(dir / name), "x");
}

TEST(AtomicFile, AThrowLeavesNothing) {
  const Directory dir;
  put(dir / "a", "old");
  EXPECT_THROW(write_atomically(dir / "a",
                                [](FileWriter& out) {
                                  out.write("new");
                                  throw DataError("stop");
                                }),
               DataError);
  EXPECT_EQ(get(dir / "a"), "old");
  EXPECT_EQ(dir.entries(), 1u);
}

TEST(AtomicFile, RefusalsNameTheFileAndTheReason) {
  const Directory dir;
  const auto write = [](const std::filesystem::path& path) {
    return refusal(path, FileError::Kind::write, [&] { write_atomically(path, "x"); });
  };
  EXPECT_NE(write(dir / "missing/a").find(": cannot be created: No such file"), std::string::npos);
  EXPECT_NE(write(dir.path()).find(": cannot be written: Is a directory"), std::string::npos);
  EXPECT_NE(write(dir / std::string(256, 'n')).find(": cannot be replaced: File name too long"),
            std::string::npos);
  EXPECT_NE(write("").find("cannot be"), std::string::npos);
  EXPECT_EQ(dir.entries(), 0u);
}

TEST(AtomicFile, AFullDeviceIsNoticedAndStaysADevice) {
  if (!std::filesystem::is_character_file("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  const std::string message =
      refusal("/dev/full", FileError::Kind::write, [] { write_atomically("/dev/full", "x"); });
  EXPECT_NE(message.find("No space left on device"), std::string::npos) << message;
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

// In a child whose files may not grow beyond `limit` bytes; true if the write failed as it should.
bool fails_at(rlim_t limit, const std::filesystem::path& path, const std::string& bytes) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit size{limit, limit};
    ::setrlimit(RLIMIT_FSIZE, &size);
    int code = 1;
    try {
      write_atomically(path, bytes);
    } catch (const FileError& error) {
      const bool named = std::string(error.what()).find("File too large") != std::string::npos;
      code = error.kind() == FileError::Kind::write && named ? 0 : 2;
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(AtomicFile, AFullDiskLeavesTheOldFile) {
  const Directory dir;
  put(dir / "a", "old");
  const std::string bytes(200000, 'n');
  for (const rlim_t limit : {0u, 1u, 4095u, 4096u, 65536u, 199999u}) {
    EXPECT_TRUE(fails_at(limit, dir / "a", bytes)) << limit;
    EXPECT_EQ(get(dir / "a"), "old") << limit;
    EXPECT_EQ(dir.entries(), 1u) << limit;
  }
  EXPECT_FALSE(fails_at(200000, dir / "a", bytes)) << "here it fits";
  EXPECT_EQ(get(dir / "a"), bytes);
}

TEST(AtomicFile, AReadOnlyDirectory) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const Directory dir;
  ::chmod(dir.path().c_str(), 0500);
  const std::string message =
      refusal(dir / "a", FileError::Kind::write, [&] { write_atomically(dir / "a", "x"); });
  ::chmod(dir.path().c_str(), 0700);
  EXPECT_NE(message.find("Permission denied"), std::string::npos) << message;
}

TEST(AtomicFile, LeftoversOfKilledProcessesAreRemovedAndNothingElse) {
  const Directory dir;
  const std::string ours = ".downhill-" + std::to_string(::getpid()) + "-3.tmp";
  const std::vector<std::string> kept = {ours, "model.safetensors", ".downhill-1x-0.tmp",
                                         ".downhill-999999999-0.tmp.npy", ".downhill--0.tmp"};
  for (const std::string& name : kept) put(dir / name, "x");
  put(dir / ".downhill-999999999-0.tmp", "x");  // above the highest process number
  remove_leftovers(dir.path());
  remove_leftovers(dir / "no_directory");
  EXPECT_FALSE(std::filesystem::exists(dir / ".downhill-999999999-0.tmp"));
  for (const std::string& name : kept) EXPECT_TRUE(std::filesystem::exists(dir / name)) << name;
}

TEST(InputFile, ReadsRegularFilesOnly) {
  const Directory dir;
  put(dir / "a", std::string("a\0b", 3));
  EXPECT_EQ(read_file(dir / "a", FileError::Kind::data, 3), std::string("a\0b", 3));
  const auto read = [](const std::filesystem::path& path, std::size_t limit = 100) {
    return refusal(path, FileError::Kind::model,
                   [&] { read_file(path, FileError::Kind::model, limit); });
  };
  ::mkfifo((dir / "pipe").c_str(), 0600);
  EXPECT_EQ(read(dir / "a", 2), ": has 3 bytes; at most 2 are read");
  EXPECT_EQ(read(dir / "pipe"), ": is a pipe; expected a regular file");
  EXPECT_EQ(read(dir.path()), ": is a directory; expected a regular file");
  EXPECT_EQ(read("/dev/zero"), ": is a device; expected a regular file");
  EXPECT_EQ(read(dir / "none"), ": cannot be opened: No such file or directory; check the name");
}

TEST(InputFile, AFileThatShrinks) {
  const Directory dir;
  put(dir / "a", "0123456789");
  const InputFile file(dir / "a", FileError::Kind::data);
  std::filesystem::resize_file(dir / "a", 4);
  char bytes[10];
  EXPECT_EQ(refusal(dir / "a", FileError::Kind::data, [&] { file.read(0, bytes, 10); }),
            "@4: the file ends here, expected 6 more bytes; it was cut or is still being written");
}

}  // namespace
}  // namespace downhill
