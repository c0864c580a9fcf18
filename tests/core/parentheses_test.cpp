// A parenthesis that is not closed is named as such, whatever the text is of.
#include <gtest/gtest.h>

#include "downhill/doctor/doctor.h"
#include "downhill/losses/loss.h"
#include "downhill/optim/method.h"
#include "downhill/runlog/records.h"
#include "downhill/train/observers.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

TEST(Parentheses, ThatAreNotClosedAreNamed) {
  for (const char* text : {"adamw:lr=(cosine", "lookahead:of=(adam:lr=(cosine)", "adam | (sgd"})
    expect_usage([&] { Method::parse(text); }, "optimizer", "is not closed");
  for (const char* text :
       {"asymmetric:of=(huber:delta=2", "dice+(0.5*huber", "2*(huber", "mse+huber:delta=(2"})
    expect_usage([&] { Loss::parse(text); }, "loss", "is not closed");
  expect_usage([] { Schedule::parse("warmup:then=(cosine"); }, "schedule", "column 13");
  expect_usage([] { observer_from("reduce_on_plateau:factor=(0.5"); }, "observer", "is not closed");
  expect_usage([] { diagnose(RunLog{}, {.thresholds = "plateau:fallen=(3"}); }, "symptom",
               "is not closed");
}

TEST(Parentheses, ThatCloseNothingAreNamed) {
  expect_usage([] { Method::parse("adamw:lr=cosine)"); }, "the ')' of column 16 closes no '('");
  expect_usage([] { Loss::parse("asymmetric:of=huber:delta=2)"); }, "closes no '('");
}

}  // namespace
}  // namespace downhill
