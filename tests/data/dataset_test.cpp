#include "downhill/data/dataset.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "downhill/core/error.h"
#include "downhill/data/batches.h"
#include "downhill/data/standardisation.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_files::message_of;
using Numbers = std::vector<double>;
using Rows = std::vector<std::int64_t>;

Tensor rows(const Rows& index) { return Tensor::from(index); }

TEST(Dataset, InMemory) {
  const Dataset data(Tensor({{1, 2}, {3, 4}, {5, 6}}), Tensor::arange(3, Type::i64));
  EXPECT_EQ(data.size(), 3);
  const Batch batch = data.batch(rows({2, 0, 2}));
  EXPECT_EQ(batch.size(), 3);
  EXPECT_EQ(batch.input.to_vector(), (Numbers{5, 6, 1, 2, 5, 6}));
  EXPECT_EQ(batch.target.to_vector(), (Numbers{2, 0, 2}));
  EXPECT_EQ(batch.target.type(), Type::i64);
  EXPECT_FALSE(batch.weight.defined());
  EXPECT_TRUE(batch.more.empty());
  EXPECT_EQ(data.all().input.to_vector(), (Numbers{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(data.batch(Tensor::empty({0}, Type::i64)).input.shape(), (Shape{0, 2}));
  const Dataset part = data.subset(rows({2, 1}));
  EXPECT_EQ(part.size(), 2);
  EXPECT_EQ(part.batch(rows({0})).input.to_vector(), (Numbers{5, 6}));
}

TEST(Dataset, ASubsetSharesTheRows) {
  const Tensor x({{1, 2}, {3, 4}, {5, 6}, {7, 8}}), y = Tensor::arange(4, Type::i64);
  const Dataset whole(x, y), part = whole.subset(rows({3, 1, 2})),
                             again = part.subset(rows({2, 0}));
  EXPECT_EQ(again.all().input.to_vector(), (Numbers{5, 6, 7, 8}));
  EXPECT_EQ(again.tensor(1).to_vector(), (Numbers{2, 3}));
  EXPECT_FALSE(again.tensor(2).defined());
  EXPECT_EQ(whole.tensor(0).raw(), x.raw()) << "not copied";
  EXPECT_EQ(part.piece(1, 9).input.to_vector(), (Numbers{3, 4, 5, 6}));
  EXPECT_EQ(part.piece(3, 9).size(), 0);
  const Batch copied = part.all();
  EXPECT_EQ(part.checksum(), Dataset(copied.input, copied.target).checksum());
  EXPECT_NE(part.checksum(), whole.subset(rows({1, 3, 2})).checksum());
}

TEST(Dataset, SeveralTensors) {
  const Tensor x = Tensor::ones({2, 3}), y = Tensor::zeros({2}),
               mask = Tensor::full({2, 4}, 1, Type::u8);
  const Batch batch = Dataset({x, y, Tensor(), mask}).batch(rows({1}));
  EXPECT_FALSE(batch.weight.defined());
  ASSERT_EQ(batch.more.size(), 1u);
  EXPECT_EQ(describe(batch.more[0]), "(1, 4) uint8");
}

TEST(Dataset, AFunctionOfTheIndex) {
  const auto row = [](std::int64_t i) {
    const auto x = static_cast<double>(i);
    return std::vector<Tensor>{Tensor({x, x * x}), Tensor::scalar(2 * x)};
  };
  const Dataset data(10, row);
  const Batch batch = data.batch(rows({3, 9}));
  EXPECT_EQ(batch.input.to_vector(), (Numbers{3, 9, 9, 81}));
  EXPECT_EQ(batch.target.to_vector(), (Numbers{6, 18}));
  EXPECT_EQ(batch.target.shape(), Shape{2});
  const Dataset part = data.subset(rows({9, 3}));
  EXPECT_EQ(part.batch(rows({1})).target.to_vector(), (Numbers{6}));
  const Dataset ragged(3, [](std::int64_t i) { return std::vector<Tensor>{Tensor::zeros({i})}; });
  EXPECT_EQ(message_of<DataError>([&] {
              ragged.batch(rows({1, 2}));
            }),
            "[dataset] tensor 1 of row 2 is (2) float32; expected (1) float32 as in the first row "
            "of the batch");
  const Dataset changing(3, [](std::int64_t i) {
    return std::vector<Tensor>(static_cast<std::size_t>(i), Tensor::zeros({1}));
  });
  EXPECT_THROW(changing.batch(rows({1, 2})), DataError);
}

TEST(Dataset, RefusesMisuse) {
  const Tensor x = Tensor::ones({2, 3});
  EXPECT_THROW(Dataset(x, Tensor::ones({3})), UsageError);
  EXPECT_THROW(Dataset(x, Tensor()), UsageError);
  EXPECT_THROW(Dataset(x, Tensor::ones({2}), Tensor::ones({1})), UsageError);
  EXPECT_THROW(Dataset(std::vector<Tensor>{}), UsageError);
  EXPECT_THROW(Dataset(-1, [](std::int64_t) { return std::vector<Tensor>{}; }), UsageError);
  EXPECT_THROW(Dataset(1, Dataset::Row{}), UsageError);
  const Dataset data(x, Tensor::ones({2}));
  for (const std::int64_t bad : {std::int64_t{-1}, std::int64_t{2}, std::int64_t{1} << 40})
    EXPECT_THROW(data.batch(rows({bad})), UsageError);
  EXPECT_THROW(data.batch(Tensor::ones({1})), UsageError);
  EXPECT_THROW(data.batch(Tensor()), UsageError);
}

TEST(Split, EveryRowIsInExactlyOnePart) {
  for (const std::int64_t count : {0, 1, 2, 3, 7, 100, 1797}) {
    for (const Numbers& fractions :
         {Numbers{1}, Numbers{0.6, 0.2, 0.2}, Numbers{0, 1, 0}, Numbers{0.1, 0.1, 0.1, 0.7}}) {
      const auto parts = split(count, fractions, 3);
      ASSERT_EQ(parts.size(), fractions.size());
      std::multiset<std::int64_t> seen;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto values = parts[i].values<std::int64_t>();
        EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
        EXPECT_NEAR(static_cast<double>(values.size()), fractions[i] * static_cast<double>(count),
                    1.01);
        seen.insert(values.begin(), values.end());
      }
      EXPECT_EQ(seen.size(), static_cast<std::size_t>(count));
      EXPECT_EQ(std::set<std::int64_t>(seen.begin(), seen.end()).size(), seen.size());
    }
  }
  const Numbers half = {0.5, 0.5};
  EXPECT_EQ(split(50, half, 1)[0].to_vector(), split(50, half, 1)[0].to_vector());
  EXPECT_NE(split(50, half, 1)[0].to_vector(), split(50, half, 2)[0].to_vector());
  for (const Numbers& bad :
       {Numbers{}, Numbers{0.5}, Numbers{0.7, 0.7}, Numbers{1.5, -0.5}, Numbers{NAN}})
    EXPECT_THROW(split(10, bad, 0), UsageError);
}

TEST(Batches, OrderDependsOnSeedAndEpochAlone) {
  Batches a(10, 4, 5), b(10, 3, 5), other(10, 4, 6);
  EXPECT_EQ(a.count(), 3);
  const Numbers first = a.order(0).to_vector(), second = a.order(1).to_vector();
  EXPECT_NE(first, second);
  EXPECT_EQ(b.order(1).to_vector(), second);
  EXPECT_EQ(b.order(0).to_vector(), first) << "in any sequence";
  EXPECT_NE(other.order(0).to_vector(), first);
  Numbers joined;
  for (std::int64_t i = 0; i < a.count(); ++i) {
    const Numbers part = a.rows(1, i).to_vector();
    EXPECT_EQ(part.size(), i < 2 ? 4u : 2u);
    joined.insert(joined.end(), part.begin(), part.end());
  }
  EXPECT_EQ(joined, second);
  std::sort(joined.begin(), joined.end());
  EXPECT_EQ(joined, Tensor::arange(10).to_vector());
}

TEST(Batches, DropsTheLastAndKeepsTheOrder) {
  EXPECT_EQ(Batches(10, 4, 0, true).count(), 2);
  EXPECT_EQ(Batches(8, 4, 0, true).count(), 2);
  EXPECT_EQ(Batches(8, 4, 0).count(), 2);
  EXPECT_EQ(Batches(3, 100, 0).count(), 1);
  Batches plain(5, 2, 0, false, false);
  EXPECT_EQ(plain.rows(7, 1).to_vector(), (Numbers{2, 3}));
  EXPECT_THROW(Batches(0, 1, 0), UsageError);
  EXPECT_THROW(Batches(5, 0, 0), UsageError);
  EXPECT_THROW(Batches(5, 6, 0, true), UsageError);
  EXPECT_THROW(plain.rows(0, 3), UsageError);
  EXPECT_THROW(plain.rows(0, -1), UsageError);
  EXPECT_THROW(plain.rows(-1, 0), UsageError);
}

TEST(Standardisation, LearnsFromTheTrainingPartAlone) {
  const Tensor x({{1, 5, 0.1}, {3, 5, 0.1}, {1000, 7, 9}}, Type::f64);
  const auto s = Standardisation::learn(x, rows({0, 1}));
  EXPECT_EQ(s.mean, (Numbers{2, 5, 0.1}));
  EXPECT_EQ(s.deviation, (Numbers{1, 1, 1})) << "a column that does not vary gets 1";
  EXPECT_EQ(s.apply(x).to_vector(), (Numbers{-1, 0, 0, 1, 0, 0, 998, 2, 8.9}));
  EXPECT_EQ(s.undo(s.apply(x)).to_vector(), x.to_vector());
  EXPECT_EQ(s.apply(Tensor({{1, 5, 0.5}})).type(), Type::f32);
  const Tensor images = Tensor::ones({4, 2, 3}, Type::f64);
  EXPECT_EQ(Standardisation::learn(images).mean.size(), 6u);
  EXPECT_EQ(Standardisation::learn(images).apply(images).shape(), images.shape());
}

// The deviation of 1e-170 z is 1e-170 (case 22): squares would underflow, or overflow.
TEST(Standardisation, UnitsDoNotMatter) {
  for (const double unit : {1e-300, 1e-170, 1e-150, 1.0, 1e150, 1e200, 1e300}) {
    const Tensor x =
        Tensor::from(std::vector<double>{-3 * unit, 1 * unit, 2 * unit, 8 * unit}, {4, 1});
    const auto s = Standardisation::learn(x);
    EXPECT_NEAR(s.mean[0] / unit, 2, 1e-14) << unit;
    EXPECT_NEAR(s.deviation[0] / unit, std::sqrt(15.5), 1e-14) << unit;
    EXPECT_NEAR(s.apply(x).at(3), 6 / std::sqrt(15.5), 1e-14) << unit;
  }
}

TEST(Standardisation, GoesToAFileAndBack) {
  const Standardisation s{{1, -2.5}, {0.1, 3}};
  const auto back = Standardisation::from_tensor(s.to_tensor());
  EXPECT_EQ(back.mean, s.mean);
  EXPECT_EQ(back.deviation, s.deviation);
  const Numbers zero = {0, 0, 1, 0}, infinite = {0, INFINITY, 1, 1};
  EXPECT_THROW(Standardisation::from_tensor(Tensor::from(zero, {2, 2})), DataError);
  EXPECT_THROW(Standardisation::from_tensor(Tensor::from(infinite, {2, 2})), DataError);
  EXPECT_THROW(Standardisation::from_tensor(Tensor::ones({2, 2})), DataError);
  EXPECT_THROW(Standardisation::from_tensor(Tensor::ones({3, 2}, Type::f64)), DataError);
  EXPECT_THROW(Standardisation::from_tensor(Tensor()), DataError);
}

TEST(Standardisation, RefusesMisuse) {
  const Tensor x = Tensor::ones({3, 2});
  EXPECT_THROW(Standardisation::learn(Tensor::ones({0, 2})), UsageError);
  EXPECT_THROW(Standardisation::learn(Tensor::scalar(1)), UsageError);
  EXPECT_THROW(Standardisation::learn(Tensor::ones({2, 2}, Type::i64)), UsageError);
  EXPECT_THROW(Standardisation::learn(x, rows({3})), UsageError);
  EXPECT_THROW(Standardisation::learn(x, Tensor::ones({1})), UsageError);
  EXPECT_THROW(Standardisation::learn(Tensor({{1, NAN}, {2, 3}})), DataError);
  EXPECT_THROW(Standardisation::learn(x).apply(Tensor::ones({3, 3})), UsageError);
}

}  // namespace
}  // namespace downhill
