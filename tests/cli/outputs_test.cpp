// Pictures, pages and figures of runs; and what they must never replace.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::json_of;
using testing_cli::run;
using testing_files::Directory;
using testing_files::get;
using testing_files::put;

std::string small_table() {
  std::string text = "a,b,y\n";
  for (int i = 0; i < 60; ++i)
    text += std::to_string(i * 7 % 11) + "," + std::to_string(i * 5 % 13) + "," +
            std::to_string(0.5 * (i * 7 % 11) - 0.1 * (i * 5 % 13) + 0.25) + "\n";
  return text;
}

class Outputs : public testing::Test {
 protected:
  Outputs() {
    put(table(), small_table());
    EXPECT_EQ(run({"train", table(), "--target", "y", "--model", "mlp:4", "--epochs", "3", "--out",
                   out(), "--quiet"})
                  .code,
              0);
  }
  std::string table() const { return place_ / "table.csv"; }
  std::string out() const { return place_ / "run"; }
  std::string file(const std::string& name) const { return place_ / name; }

  Directory place_;
};

TEST_F(Outputs, AGradientNeverReplacesWhatItIsOf) {
  ASSERT_EQ(run({"loss", "mse", "--prediction", "[1,2]", "--target", "[0,0]", "--gradient-out",
                 file("g.npy")})
                .code,
            0);
  const std::string before = get(file("g.npy"));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--prediction", file("g.npy"), "--target", "[1,1]"},
        {"--prediction", "[1,1]", "--target", file("g.npy")}}) {
    std::vector<std::string> all = {"loss", "mse", "--gradient-out", file("g.npy")};
    all.insert(all.end(), words.begin(), words.end());
    EXPECT_EQ(run(all).code, 2);
    EXPECT_EQ(get(file("g.npy")), before);
  }
}

TEST_F(Outputs, NeverReplaceTheRunsTableOrItsFiles) {
  std::filesystem::create_symlink(table(), file("link.csv"));
  for (const std::string& target : {table(), file("link.csv"), out() + "/model.safetensors",
                                    out() + "/checkpoint.safetensors", out() + "/run.jsonl"}) {
    const std::string before = get(target);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"landscape", out(), "--points", "3", "--out", target},
          {"landscape", out(), "--points", "3", "--page", target},
          {"report", out(), "--out", target},
          {"predict", out(), table(), "--out", target}}) {
      const auto refused = run(words);
      EXPECT_EQ(refused.code, 2) << words[0] << " " << target << refused.err;
      EXPECT_EQ(get(target), before) << words[0] << " " << target;
    }
  }
}

TEST_F(Outputs, PicturesAreSvgOrPng) {
  const auto odd = run({"curvature", out(), "--picture", file("p.pdf")});
  EXPECT_EQ(odd.code, 2);
  EXPECT_NE(odd.err.find("pictures are F.svg or F.png"), std::string::npos) << odd.err;
  EXPECT_EQ(run({"curvature", out(), "--picture", file("p.svg")}).code, 0);
  EXPECT_EQ(get(file("p.svg")).find("<svg"), 0U);
  if (std::system("command -v rsvg-convert > /dev/null") != 0)
    GTEST_SKIP() << "rsvg-convert (librsvg2-bin) is not there";
  const auto made = run({"curvature", out(), "--picture", file("p.png")});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(get(file("p.png")).find("\x89PNG"), 0U);
}

TEST_F(Outputs, PngWithoutItsProgramIsRefusedBeforeAnythingRuns) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", file("nothing").c_str(), 1);
  const auto refused = run({"minimize", "x^2", "--picture", file("p.png")});
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("librsvg2-bin"), std::string::npos) << refused.err;
}

TEST_F(Outputs, TheReportShowsTheSurfaceOfALandscape) {
  ASSERT_EQ(run({"landscape", out(), "--points", "5", "--out", file("plane.json"), "--quiet"}).code,
            0);
  EXPECT_EQ(run({"report", out(), "--landscape", file("plane.json")}).code, 0);
  const std::string page = get(out() + "/report.html");
  for (const char* part : {"id=\"landscape\"", "id=\"landscape-data\"", "id=\"surface\"",
                           "\"columns\":5", "eigenvector of h1"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
  ASSERT_EQ(run({"landscape", out(), "--line", "--points", "5", "--out", file("line.json")}).code,
            0);
  EXPECT_EQ(run({"report", out(), "--landscape", file("line.json")}).code, 2);
  put(file("broken.json"), "{\"title\":3}");
  EXPECT_EQ(run({"report", out(), "--landscape", file("broken.json")}).code, 4);
  EXPECT_EQ(run({"report", out()}).code, 0);
  EXPECT_EQ(get(out() + "/report.html").find("id=\"landscape\""), std::string::npos);
}

TEST_F(Outputs, ATableThatMovedIsFoundAgain) {
  std::filesystem::rename(table(), file("moved.csv"));
  const auto lost = run({"curvature", out(), "--json"});
  EXPECT_EQ(lost.code, 3);
  EXPECT_NE(lost.err.find("give its place by --data"), std::string::npos) << lost.err;
  const auto found = json_of(run({"curvature", out(), "--data", file("moved.csv"), "--json"}));
  EXPECT_GT(found["h1"].get<double>(), 0);
  EXPECT_GT(found["fisher_h1"].get<double>(), 0);
  EXPECT_EQ(found["row_gradients"]["hardest"].size(), 5U);
  // The trace of the Fisher matrix is at least its largest eigenvalue, which is real.
  EXPECT_GE(found["fisher_trace"].get<double>(), found["fisher_h1"].get<double>() * (1 - 1e-6));
  EXPECT_EQ(run({"landscape", out(), "--data", file("moved.csv"), "--points", "3"}).code, 0);
  const auto on = run({"train", file("moved.csv"), "--target", "y", "--model", "mlp:4", "--epochs",
                       "5", "--out", out(), "--resume", "--quiet"});
  EXPECT_EQ(on.code, 0) << on.err;
}

TEST(HardestRows, AreRowsOfTheTable) {
  const Directory place;
  std::string rows = "a,y\n";
  for (int i = 1; i <= 60; ++i)
    rows += std::to_string(i % 7) + "," +
            (i == 40 || i == 41 ? "90" : std::to_string(2 * (i % 7))) + ".5\n";
  put(place / "t.csv", rows);
  ASSERT_EQ(run({"train", place / "t.csv", "--target", "y", "--model", "linear", "--epochs", "20",
                 "--validation", "0", "--test", "0", "--out", place / "run", "--quiet"})
                .code,
            0);
  const auto found = json_of(run({"curvature", place / "run", "--json"}));
  const auto hardest = found["row_gradients"]["hardest"].get<std::vector<int>>();
  EXPECT_EQ((std::set<int>{hardest[0], hardest[1]}), (std::set<int>{40, 41}));
}

TEST_F(Outputs, AnotherTableUnderTheNameIsNotResumed) {
  put(table(), small_table() + "1,2,3\n");
  EXPECT_EQ(run({"train", table(), "--target", "y", "--model", "mlp:4", "--epochs", "5", "--out",
                 out(), "--resume", "--quiet"})
                .code,
            4);
}

}  // namespace
}  // namespace downhill
