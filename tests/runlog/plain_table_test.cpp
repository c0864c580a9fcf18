// Tables with comments, with blanks or bars between their columns, and with numbers of other spellings.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/runlog/foreign_logs.h"

namespace downhill {
namespace {

using testing_logs::read;
using testing_logs::train_of;
using Numbers = std::vector<double>;

std::string refusal(const std::string& text) {
  try {
    read(text);
  } catch (const FileError& error) {
    return error.what();
  }
  return "was read";
}

TEST(PlainTable, CommentsAreLeftOut) {
  const AnyLog any = read("# run 7\n# lr=0.1, loss=0.5\nepoch,loss,val_loss\n1,2,3\n# on\n2,1,2\n");
  EXPECT_EQ(train_of(any.log), (Numbers{2, 1}));
  EXPECT_TRUE(any.notes[0].ends_with("3 lines that begin with # are left out")) << any.notes[0];
  EXPECT_NE(refusal("# run 7\nepoch,loss\n1,2\n2,high\n").find(":4: "), std::string::npos);
  // NumPy's savetxt.
  for (const char* header :
       {"# step,loss\n1,2\n2,1\n", "# run 7\n#step, loss\n1,2\n2,1\n", "# step loss\n1 2\n2 1\n"}) {
    const AnyLog saved = read(header);
    EXPECT_EQ(train_of(saved.log), (Numbers{2, 1})) << header;
    EXPECT_EQ(saved.log.steps.at(1).step, 2);
  }
}

TEST(PlainTable, WhatIsQuotedIsNoComment) {
  const AnyLog any =
      read("# run 7\nnote,step,loss\n\"a \"\"b\"\",\n# c\",1,3\n# on\n5\" d,2,2\n# e\nf,3,1\n");
  EXPECT_EQ(train_of(any.log), (Numbers{3, 2, 1}));
  EXPECT_TRUE(any.notes[0].ends_with("3 lines that begin with # are left out")) << any.notes[0];
}

TEST(PlainTable, BlanksAndBarsBetweenColumns) {
  for (const char* text :
       {"epoch     train_loss  valid_loss  accuracy  time    \n"
        "0         2.0         3.0         0.5       00:14     \n"
        "1         1.0         2.0         0.5       00:14     \n",
        "   epoch  loss  val_loss\n0      1   2.0       3.0\n1      2   1.0       2.0\n",
        "Epoch  Training Loss  Validation Loss\n1      2              3\n2      1              2\n",
        "| Training Loss | Epoch | Step | Validation Loss |\n|:---:|:---:|:---:|:---:|\n"
        "| 2 | 1.0 | 50 | 3 |\n| 1 | 2.0 | 100 | 2 |\n",
        "epoch  loss  val_loss\n-----  ----  --------\n1      2     3\n2      1     2\n",
        "\nepoch loss val_loss\n1 2 3\n2 1 2\n"}) {
    SCOPED_TRACE(text);
    const RunLog log = read(text).log;
    EXPECT_EQ(train_of(log), (Numbers{2, 1}));
    ASSERT_EQ(log.epochs.size(), 4U);
    EXPECT_EQ(log.epochs[1].loss, 3);
    EXPECT_EQ(log.epochs[3].epoch, 2);
  }
  EXPECT_NE(refusal("epoch loss\n1 2\n2 1 7\n").find(":3: 3 cells; the header has 2"),
            std::string::npos);
}

TEST(PlainTable, NumbersAsProgramsWriteThem) {
  const std::pair<const char*, double> cases[] = {
      {"tensor(0.5)", 0.5},
      {"tensor(0.5, device='cuda:0')", 0.5},
      {"\"tensor(0.5, grad_fn=<NllLoss>)\"", 0.5},
      {"np.float64(0.5)", 0.5},
      {"[0.5]", 0.5},
      {"  0.5 ", 0.5},
      {"1e-400", 0},
      {"1e400", HUGE_VAL},
      {"-1e400", -HUGE_VAL},
      {"1.#INF", HUGE_VAL},
      {"-1.#INF", -HUGE_VAL},
      {"tensor(nan)", std::nan("")},
      {"tensor(-inf, device='cuda:0')", -HUGE_VAL},
      {"1.#QNAN", std::nan("")},
      {"-1.#IND", std::nan("")},
      {"nan(ind)", std::nan("")},
      {"-nan(ind)", std::nan("")},
      {"#NUM!", std::nan("")},
  };
  for (const auto& [cell, value] : cases) {
    const RunLog log = read("step,loss,lr\n1,2,7\n2," + std::string(cell) + ",7\n").log;
    ASSERT_EQ(log.steps.size(), 2U) << cell;
    const double loss = log.steps[1].loss;
    EXPECT_TRUE(std::isnan(value) ? std::isnan(loss) : loss == value) << cell << " is " << loss;
    EXPECT_EQ(log.steps[1].lr, 7) << cell;
  }
  EXPECT_NE(refusal("step,loss\n1,2\n2,f(1)\n").find("'f(1)' is no number"), std::string::npos);
}

}  // namespace
}  // namespace downhill
