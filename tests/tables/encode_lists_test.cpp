#include <fmt/format.h>

#include "downhill/core/error.h"
#include "tests/tables/tables_support.h"

// Rows of a table encoded list by list.

namespace downhill {
namespace {

using testing_tables::learn;
using testing_tables::TableFile;

std::vector<double> row(const Tensor& x, std::int64_t at) {
  return x.alias({x.size(1)}, at * x.size(1)).to_vector();
}

TEST(EncodeLists, RowsOfListsOneListAfterTheOther) {
  std::string text = "a,b,when\n";
  for (int i = 0; i < 70000; ++i)  // more than one piece of a column
    text += fmt::format("{},{},2024-{:02}-{:02}\n", i * 7919 % 1000, i % 3 == 0 ? "x" : "y",
                        i % 12 + 1, i % 28 + 1);
  TableFile file(text);
  const InputColumns inputs = learn(file.table);
  const Tensor all = inputs.encode(file.table);
  const std::vector<Tensor> lists = {Tensor::from(std::vector<std::int64_t>{1, 65536, 69999}),
                                     Tensor::empty({0}, Type::i64),
                                     Tensor::from(std::vector<std::int64_t>{0, 65535})};
  const Tensor some = inputs.encode(std::move(file.table), lists);
  ASSERT_EQ(some.shape(), (Shape{5, all.size(1)}));
  const std::int64_t expected[] = {1, 65536, 69999, 0, 65535};
  for (std::int64_t i = 0; i < 5; ++i) EXPECT_EQ(row(some, i), row(all, expected[i])) << i;
}

TEST(EncodeLists, ListsOfRowsAscendAndShareNone) {
  using Rows = std::vector<std::int64_t>;
  for (const std::vector<Rows>& wrong :
       {std::vector<Rows>{{3, 3}}, {{2, 1}}, {{5}}, {{-1}}, {{1, 2}, {2, 3}}}) {
    TableFile file("a,b\n1,2\n3,4\n5,7\n7,8\n9,1\n");
    const InputColumns inputs = learn(file.table);
    std::vector<Tensor> lists;
    for (const Rows& rows : wrong) lists.push_back(Tensor::from(rows));
    EXPECT_THROW(inputs.encode(std::move(file.table), lists), UsageError);
    EXPECT_EQ(file.table.rows, 5) << "refused before it is taken";
  }
}

}  // namespace
}  // namespace downhill
