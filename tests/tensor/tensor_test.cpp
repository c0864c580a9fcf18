#include "downhill/tensor/tensor.h"

#include <functional>
#include <thread>

#include "tests/support/errors.h"

namespace downhill {
namespace {

TEST(Tensor, LiteralsHaveTheirShape) {
  const Tensor x = {{1, 2, 3}, {4, 5, 6}};
  EXPECT_EQ(x.shape(), (Shape{2, 3}));
  EXPECT_EQ(x.type(), Type::f32);
  EXPECT_EQ(x.to_vector(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  const Tensor deep({{{1}, {2}}, {{3}, {4}}}, Type::f64);
  EXPECT_EQ(deep.shape(), (Shape{2, 2, 1}));
  EXPECT_EQ(Tensor({1.0, 2.0}, Type::i64).data<std::int64_t>()[1], 2);
  EXPECT_FALSE(Tensor().defined());
}

TEST(Tensor, WrongLiteralsAreRefused) {
  expect_usage([] { Tensor({{1, 2}, {3}}); }, "different lengths");
  expect_usage([] { Tensor({{1, 2}, 3}); }, "mixes numbers and lists");
  expect_usage([] { Tensor({1, {2, 3}}); }, "different lengths");
}

TEST(Tensor, ShapesAreChecked) {
  expect_usage([] { Shape{2, -1}; }, "size -1 is negative");
  expect_usage([] { Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}; }, "9 axes");
  expect_usage([] { Shape{1LL << 40, 1LL << 40}; }, "too many elements");
  EXPECT_EQ((Shape{2, 0, 3}).elements(), 0);
  EXPECT_EQ(Shape().elements(), 1);
  EXPECT_EQ((Shape{2, 3})[-1], 3);
  EXPECT_EQ((Shape{2, 3, 4}).without(1), (Shape{2, 4}));
  EXPECT_EQ((Shape{2, 3}).with(0, 7), (Shape{7, 3}));
  EXPECT_EQ((Shape{2, 3, 4}).without(-1), (Shape{2, 3}));
  EXPECT_EQ((Shape{2, 3, 4}).without(-2), (Shape{2, 4}));
  EXPECT_EQ((Shape{2, 3}).with(-1, 7), (Shape{2, 7}));
  EXPECT_EQ((Shape{2, 3}).text(), "(2, 3)");
  expect_usage([] { check_axis("sum", 2, 2); }, "[sum]", "axis 2", "rank 2");
  expect_usage([] { check_axis("sum", -3, 2); }, "axis -3");
  EXPECT_EQ(check_axis("sum", -1, 2), 1);
}

TEST(Tensor, CopiesShareAndClonesDoNot) {
  Tensor a = {1, 2, 3};
  Tensor b = a, c = a.clone();
  b.set(0, 9);
  EXPECT_EQ(a.at(0), 9);
  EXPECT_EQ(c.at(0), 1);
  EXPECT_TRUE(a.shares(b));
  EXPECT_FALSE(a.shares(c));
  EXPECT_TRUE(a.reshape({3, 1}).shares(a));
}

TEST(Tensor, WritesRaiseTheVersion) {
  Tensor a = {1, 2, 3};
  const Tensor view = a.reshape({3, 1});
  const unsigned before = view.version();
  a.assign({4, 5, 6});
  EXPECT_GT(view.version(), before);
  EXPECT_EQ(view.at(2), 6);
  a.fill(7);
  a.set(1, 8);
  EXPECT_EQ(a.to_vector(), (std::vector<double>{7, 8, 7}));
  EXPECT_EQ(view.version(), before + 3);
  a.assign(a);
  EXPECT_EQ(a.to_vector(), (std::vector<double>{7, 8, 7}));
}

TEST(Tensor, ViewsUseTheCallersMemory) {
  std::vector<double> memory = {1, 2, 3, 4};
  {
    Tensor view = Tensor::view(std::span(memory), {2, 2});
    view.set(3, 40);
    memory[0] = 10;
    EXPECT_EQ(view.at(0), 10);
  }
  EXPECT_EQ(memory[3], 40);
  expect_usage([&] { Tensor::view(std::span(memory), {5}); }, "[view]", "4 values", "(5)");
}

TEST(Tensor, MisuseNamesTypesAndShapes) {
  Tensor a = {1, 2};
  expect_usage([&] { a.data<double>(); }, "float32", "float64");
  expect_usage([&] { a.assign({1, 2, 3}); }, "[assign]", "(2)", "(3)");
  expect_usage([&] { a.assign(a.to(Type::f64)); }, "[assign]", "float32", "float64");
  EXPECT_EQ(a.to_vector(), (std::vector<double>{1, 2}));
  expect_usage([&] { (void)a.at(2); }, "index 2", "2 elements");
  expect_usage([&] { (void)a.at(-1); }, "index -1");
  expect_usage([&] { a.set(2, 1); }, "index 2");
  expect_usage([&] { a.item(); }, "[item]", "(2)");
  expect_usage([] { Tensor().item(); }, "undefined");
  expect_usage([&] { a.reshape({3}); }, "[reshape]", "(2)", "(3)");
  expect_usage([] { Tensor::from(std::vector<float>{1, 2}, {3}); }, "2 values", "(3)");
  expect_usage([] { Tensor::zeros({2}, Type::i64).requires_grad(true); }, "int64");
}

TEST(Tensor, ConvertsBetweenTypes) {
  const Tensor a({0.5, -2.0, 3.0}, Type::f64);
  EXPECT_EQ(a.to(Type::f32).to(Type::f64).to_vector(), a.to_vector());
  EXPECT_EQ(a.to(Type::i64).to_vector(), (std::vector<double>{0, -2, 3}));
  EXPECT_TRUE(a.to(Type::f64).shares(a));
  EXPECT_EQ(describe(a), "(3) float64");
  EXPECT_EQ(describe(Tensor()), "undefined");
  EXPECT_EQ(to_string(Tensor{{1, 2}, {3, 4}}), "[[1, 2], [3, 4]]");
}

TEST(Tensor, EmptyTensorsAreTensors) {
  Tensor a = Tensor::zeros({0, 3});
  EXPECT_EQ(a.elements(), 0);
  EXPECT_TRUE(a.to_vector().empty());
  EXPECT_EQ(a.clone().shape(), a.shape());
  a.fill(1);
  a.assign(a.clone());
  EXPECT_EQ(a.to(Type::f64).shape(), a.shape());
  EXPECT_EQ(to_string(a), "");
}

TEST(Tensor, MayOutliveItsThread) {
  Tensor a;
  std::thread([&] { a = Tensor::full({1000}, 3); }).join();
  EXPECT_EQ(a.at(999), 3);
  std::thread([moved = std::move(a)]() mutable { moved = Tensor(); }).join();
}

TEST(Tensor, AnUndefinedOneSaysSo) {
  const Tensor nothing;
  Tensor written, moved = Tensor::ones({2}), taken = std::move(moved);
  const std::vector<std::function<void()>> all = {[&] { nothing.shape(); },
                                                  [&] { nothing.type(); },
                                                  [&] { nothing.rank(); },
                                                  [&] { nothing.elements(); },
                                                  [&] { nothing.size(0); },
                                                  [&] { nothing.data<float>(); },
                                                  [&] { nothing.values<float>(); },
                                                  [&] { nothing.raw(); },
                                                  [&] { nothing.bytes(); },
                                                  [&] { nothing.item(); },
                                                  [&] { nothing.at(0); },
                                                  [&] { nothing.to_vector(); },
                                                  [&] { nothing.clone(); },
                                                  [&] { nothing.detach(); },
                                                  [&] { nothing.to(Type::f64); },
                                                  [&] { nothing.reshape({1}); },
                                                  [&] { nothing.version(); },
                                                  [&] { nothing.backward(); },
                                                  [&] { nothing.raise_version(); },
                                                  [&] { nothing.alias({1}); },
                                                  [&] { written.assign(taken); },
                                                  [&] { written.fill(1); },
                                                  [&] { written.set(0, 1); },
                                                  [&] { written.convert(Type::f64); },
                                                  [&] { written.requires_grad(true); },
                                                  [&] { written.set_grad(taken); },
                                                  [&] { moved.elements(); }};
  for (const auto& call : all) expect_usage(call, "");
  expect_usage([&] { nothing.elements(); }, "undefined", "backward()");
  EXPECT_FALSE(nothing.grad().defined());
  EXPECT_FALSE(nothing.requires_grad());
  EXPECT_TRUE(nothing.is_leaf());
}

TEST(Tensor, AxesAreLookedAt) {
  const Tensor x = Tensor::zeros({2, 3});
  EXPECT_EQ(x.size(1), 3);
  EXPECT_EQ(x.size(-2), 2);
  for (const int axis : {2, 5, -3}) expect_usage([&] { (void)x.size(axis); }, "[size]", "(2, 3)");
}

}  // namespace
}  // namespace downhill
