#include "downhill/data/csv_writer.h"

#include <bit>
#include <cmath>

#include "downhill/core/random.h"
#include "downhill/data/csv.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_files::Directory;
using testing_files::get;
using Numbers = std::vector<double>;
using Names = std::vector<std::string>;

TEST(CsvWriter, NumbersComeBackExactly) {
  const Directory dir;
  Random random(7);
  Numbers values = {0.1, -0.0, 5e-324, 1.7976931348623157e308, 1.0 / 3, 1e22, 123456789};
  while (values.size() < 20000) {
    const double x = std::bit_cast<double>(random.bits());
    if (std::isfinite(x)) values.push_back(x);
  }
  write_csv(dir / "t.csv", std::vector<CsvColumn>{{"x", values}});
  const Numbers back = read_csv(dir / "t.csv").numbers.to_vector();
  ASSERT_EQ(back.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back[i]), std::bit_cast<std::uint64_t>(values[i])) << i;
}

TEST(CsvWriter, WritesNumbersAndText) {
  const Directory dir;
  write_csv(dir / "t.csv",
            std::vector<CsvColumn>{{"x", Numbers{1, NAN, -NAN, INFINITY, -INFINITY}},
                                   {"f", std::vector<float>{0.1f, 1, 2, 3, 4}},
                                   {"n", std::vector<std::int64_t>{1, -2, 3, 4, 5}},
                                   {"a \"b\"", Names{"plain", "a,b", "\"", "line\nend", ""}}});
  EXPECT_EQ(get(dir / "t.csv"),
            "x,f,n,\"a \"\"b\"\"\"\n1,0.1,1,plain\nnan,1,-2,\"a,b\"\nnan,2,3,\"\"\"\"\n"
            "inf,3,4,\"line\nend\"\n-inf,4,5,\"\"\n");
  EXPECT_THROW(write_csv(dir / "w.csv", std::vector<CsvColumn>{}), UsageError);
  EXPECT_THROW(
      write_csv(dir / "w.csv", std::vector<CsvColumn>{{"x", Numbers{1}}, {"y", Numbers{}}}),
      UsageError);
  EXPECT_EQ(dir.entries(), 1u);
}

}  // namespace
}  // namespace downhill
