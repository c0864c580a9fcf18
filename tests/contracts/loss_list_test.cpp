// What is promised of every loss of the list, over inputs made from what it takes: no row here.
#include <cmath>
#include <limits>
#include <set>

#include "downhill/autodiff/functional.h"
#include "tests/contracts/loss_exceptions.h"
#include "tests/contracts/loss_samples.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

using namespace contract;

Shape items(const Sample& s) { return s.loss.each(s.predictions, s.targets).shape(); }
/// Whether rows have values of their own, and not the batch one.
bool has_rows(const Sample& s) { return items(s).rank() > 0; }
std::string named(const Loss& loss) { return "[" + loss.name() + "]"; }

// With NaN in a row of every prediction (an image of region losses).
Tensors with_nan_in_row(const Tensors& predictions, std::int64_t row) {
  Tensors all;
  for (const Tensor& p : predictions) {
    Tensor x = p.clone();
    const std::int64_t width = x.elements() / x.size(0);
    for (std::int64_t i = 0; i < width; ++i) x.set(row * width + i, std::nan(""));
    all.push_back(x);
  }
  return all;
}

TEST(LossList, GradientsAndSecondDerivativesAreThoseOfTheValue) {
  for (const Sample& s : samples(6)) {
    if (holds_weights(s.loss)) continue;
    SCOPED_TRACE(s.title());
    const Tensor w = points(items(s), 31, 0.2, 2);
    const auto f = [&](const Tensors& p) { return s.loss(p, s.targets, w); };
    EXPECT_LE(gradcheck(f, s.predictions).worst, 1e-7);
    EXPECT_LE(gradcheck_second(f, s.predictions).worst, 1e-5);
  }
}

TEST(LossList, MeanSumEachAndWeightsAgree) {
  for (const Sample& s : samples(7)) {
    SCOPED_TRACE(s.title());
    const Tensor each = s.loss.each(s.predictions, s.targets);
    const Tensor w = points(each.shape(), 41, 0.1, 3);
    const Tensor weighed = s.loss.each(s.predictions, s.targets, w);
    double total = 0, count = 0;
    for (std::int64_t i = 0; i < each.elements(); ++i) {
      EXPECT_NEAR(weighed.at(i), w.at(i) * each.at(i), 1e-12);
      total += w.at(i) * each.at(i), count += w.at(i);
    }
    EXPECT_NEAR(s.loss.sum(s.predictions, s.targets, w).item(), total, 1e-11);
    EXPECT_NEAR(s.loss.total_weight(s.predictions, s.targets, w), count, 1e-11);
    EXPECT_NEAR(s.loss(s.predictions, s.targets, w).item(), total / count, 1e-11);
  }
}

/// Shares of 1 at each label, of the prediction's shape; its classes are axis 1.
Tensor one_hot(const Tensor& labels, const Tensor& x) {
  const std::int64_t inner = x.elements() / x.size(0) / x.size(1);
  Tensor y = Tensor::zeros(x.shape(), x.type());
  for (std::int64_t i = 0; i < labels.elements(); ++i)
    y.set((i / inner * x.size(1) + static_cast<std::int64_t>(labels.at(i))) * inner + i % inner, 1);
  return y;
}

TEST(LossList, SharesOfOneClassAreItsLabel) {
  int compared = 0;
  for (const Sample& s : samples(6)) {
    if (s.given != " with shares") continue;
    SCOPED_TRACE(s.title());
    const Tensor& x = s.predictions[0];
    const Tensor label = ::labels(x.shape().without(1), x.size(1), 9);
    const auto by = [&](const Tensor& y) {
      const auto f = [&](const Tensors& p) { return s.loss(p, y); };
      auto all = joined(value_and_grad(f, s.predictions).gradients);
      for (const double h : joined(hvp(f, s.predictions, s.predictions))) all.push_back(h);
      for (const double v : s.loss.each(s.predictions, y).to_vector()) all.push_back(v);
      return all;
    };
    const auto hard = by(label), soft = by(one_hot(label, x));
    ASSERT_EQ(hard.size(), soft.size());
    for (std::size_t i = 0; i < hard.size(); ++i) EXPECT_NEAR(hard[i], soft[i], 1e-12);
    ++compared;
  }
  EXPECT_GE(compared, 10);
}

TEST(LossList, AWeightPerRowIsSpreadOverTheRest) {
  for (const Sample& s : samples(6)) {
    SCOPED_TRACE(s.title());
    if (!has_rows(s)) continue;
    const Shape shape = items(s);
    const Tensor rows = points({shape[0]}, 42, 0.1, 3);
    Tensor spread = Tensor::zeros(shape, Type::f64);
    for (std::int64_t i = 0; i < spread.elements(); ++i)
      spread.set(i, rows.at(i / (shape.elements() / shape[0])));
    EXPECT_EQ(s.loss(s.predictions, s.targets, rows).item(),
              s.loss(s.predictions, s.targets, spread).item());
    EXPECT_EQ(s.loss.total_weight(s.predictions, s.targets, rows),
              s.loss.total_weight(s.predictions, s.targets, spread));
  }
}

TEST(LossList, WhatHasWeightZeroIsNotThere) {
  for (const Sample& s : samples(6)) {
    SCOPED_TRACE(s.title());
    if (!has_rows(s)) continue;
    const std::int64_t n = items(s)[0];
    Tensor w = Tensor::ones({n}, Type::f64);
    w.set(1, 0);
    const auto r = value_and_grad([&](const Tensors& p) { return s.loss(p, s.targets, w); },
                                  with_nan_in_row(s.predictions, 1));
    EXPECT_TRUE(std::isfinite(r.value.item()));
    EXPECT_EQ(r.value.item(), s.loss(s.predictions, s.targets, w).item());
    for (const Tensor& g : r.gradients)
      for (std::int64_t i = 0; i < g.elements(); ++i) {
        EXPECT_TRUE(std::isfinite(g.at(i)));
        if (i / (g.elements() / g.size(0)) == 1) {
          EXPECT_EQ(g.at(i), 0);
        }
      }
    const Tensor none = Tensor::zeros({n}, Type::f64);
    const auto nothing =
        value_and_grad([&](const Tensors& p) { return s.loss(p, s.targets, none); }, s.predictions);
    EXPECT_EQ(nothing.value.item(), 0);
    for (const double g : joined(nothing.gradients)) EXPECT_EQ(g, 0);
    EXPECT_EQ(s.loss.total_weight(s.predictions, s.targets, none), 0);
  }
}

// A model that broke is seen in its loss: by any NaN, where the loss reads all; else by a row of them.
TEST(LossList, ANanIsNotHidden) {
  for (const Sample& s : samples(6)) {
    SCOPED_TRACE(s.title());
    const auto seen = [&](const Tensors& broken) {
      return !std::isfinite(s.loss(broken, s.targets).item());
    };
    EXPECT_TRUE(seen(with_nan_in_row(s.predictions, 1)));
    if (reads_some(s.loss)) continue;
    for (std::size_t k = 0; k < s.predictions.size(); ++k)
      for (std::int64_t i = 0; i < s.predictions[k].elements(); ++i) {
        Tensors broken = s.predictions;
        broken[k] = broken[k].clone();
        broken[k].set(i, std::nan(""));
        EXPECT_TRUE(seen(broken)) << "prediction " << k << " at " << i << "; a loss that need not "
                                  << "read it stands in " << kExceptions;
      }
  }
}

TEST(LossList, Float32AgreesWithFloat64) {
  for (const Sample& s : samples(40)) {
    SCOPED_TRACE(s.title());
    Sample single = s;
    for (Tensor& p : single.predictions) p = p.to(Type::f32);
    for (Tensor& y : single.targets)
      if (y.type() == Type::f64) y = y.to(Type::f32);
    const auto f = [](const Sample& of) {
      return value_and_grad([&](const Tensors& p) { return of.loss(p, of.targets); },
                            of.predictions);
    };
    const auto a = f(s), b = f(single);
    EXPECT_NEAR(a.value.item(), b.value.item(), 5e-6 * (1 + std::abs(a.value.item())));
    const auto ga = joined(a.gradients), gb = joined(b.gradients);
    for (std::size_t i = 0; i < ga.size(); ++i)
      EXPECT_NEAR(ga[i], gb[i], 1e-4 * (1 + std::abs(ga[i])));
  }
}

TEST(LossList, BadInputsAreRefused) {
  for (const Sample& s : samples(6)) {
    SCOPED_TRACE(s.title());
    const Loss& loss = s.loss;
    const std::string name = named(loss);
    Tensors integers, short_ones, none(s.predictions.size()), more = s.predictions;
    for (const Tensor& p : s.predictions) {
      integers.push_back(p.to(Type::i64));
      short_ones.push_back(points(p.shape().with(p.rank() - 1, p.size(-1) + 1), 1));
    }
    while (more.size() < 5) more.push_back(s.predictions[0]);
    expect_usage([&] { loss(integers, s.targets); }, name, "int64");
    expect_usage([&] { loss(none, s.targets); }, name, "undefined");
    expect_usage([&] { loss(more, s.targets); }, name, "5 prediction(s)", "expected");
    if (loss.targets() == 0) {
      expect_usage([&] { loss(s.predictions, s.predictions[0]); }, name, "takes no target");
      continue;
    }
    expect_usage([&] { loss(s.predictions); }, name, "target is missing");
    expect_usage([&] { loss(s.predictions, Tensor::zeros({3, 2, 1, 1})); }, name);
    const Takes first = loss.takes()[0];
    const std::set<Takes> any_width = {Takes::class_logits,      Takes::class_log_probabilities,
                                       Takes::cumulative_logits, Takes::continuation_logits,
                                       Takes::class_cosines,     Takes::embedding};
    if (!any_width.contains(first))
      expect_usage([&] { loss(short_ones, s.targets); }, name, "shape");
    if (s.targets[0].type() == Type::i64) continue;
    Tensor moving = s.targets[0].clone();
    moving.requires_grad(true);
    Tensors given = s.targets;
    given[0] = moving;
    expect_usage([&] { loss(s.predictions, given); }, name, "target", "detach()");
  }
}

TEST(LossList, BadWeightsAreRefused) {
  for (const Sample& s : samples(6)) {
    SCOPED_TRACE(s.title());
    if (!has_rows(s)) continue;
    const auto call = [&](const Tensor& w) { s.loss(s.predictions, s.targets, w); };
    const std::int64_t n = items(s)[0];
    for (const double wrong :
         {-1.0, -1e-30, std::nan(""), std::numeric_limits<double>::infinity()}) {
      Tensor w = Tensor::ones({n}, Type::f64);
      w.set(1, wrong);
      expect_usage([&] { call(w); }, named(s.loss), "weight[1] = ");
    }
    expect_usage([&] { call(Tensor::ones({n + 1}, Type::f64)); }, "weight", "shape");
    expect_usage([&] { call(Tensor::ones({n, 7, 1}, Type::f64)); }, "weight", "shape");
    expect_usage([&] { call(Tensor::ones({n})); }, "weight", "float32");
    expect_usage([&] { call(Tensor::full({n}, 1e308, Type::f64)); }, "sum to inf");
    expect_usage([&] { call(Tensor::full({n}, 5e-324, Type::f64)); }, "the weights sum to");
  }
}

}  // namespace
}  // namespace downhill
