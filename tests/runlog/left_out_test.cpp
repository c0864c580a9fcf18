// Of losses that fit alike, and of columns of several runs, the notes say what is left out.
#include <gtest/gtest.h>

#include <algorithm>

#include "downhill/runlog/any_log.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_files::Directory;
using testing_files::put;
using Texts = std::vector<std::string>;

/// What is noted of a CSV with these columns, each row of which counts down.
Texts notes_of(const std::string& names, const Texts& told = {}) {
  const Directory place;
  const auto cells = std::ranges::count(names, ',');
  std::string text = names + "\n";
  for (int row = 0; row < 4; ++row) {
    text += std::to_string(row);
    for (auto c = cells; c > 0; --c) text += "," + std::to_string(9 - row);
    text += "\n";
  }
  put(place / "log.csv", text);
  return read_any_log(place / "log.csv", told).notes;
}

std::string after(const Texts& notes, const std::string& begin) {
  for (const std::string& note : notes)
    if (note.starts_with(begin)) return note.substr(begin.size());
  return "";
}

TEST(LeftOut, LossesThatFitAlike) {
  const Texts gan = notes_of("step,d_loss,g_loss");
  EXPECT_EQ(after(gan, "training loss: "), "d_loss");
  EXPECT_EQ(after(gan, "left out, "),
            "though they fit as well as d_loss: g_loss; to take one --column 'loss=g_loss'");
  const Texts yolo =
      notes_of("epoch,  train/box_loss,  train/cls_loss,  val/box_loss,  val/cls_loss");
  EXPECT_EQ(after(yolo, "left out, "),
            "though they fit as well as train/box_loss: train/cls_loss; to take one --column "
            "'loss=train/cls_loss'");
  EXPECT_EQ(after(yolo, "validation loss: "), "val/box_loss");
  for (const char* names : {"step,loss_cls,loss_box,loss", "step,loss,val_loss,accuracy,lr",
                            "step,train_loss_step,train_loss_epoch,val_loss", "step,loss,mse"})
    EXPECT_EQ(after(notes_of(names), "left out"), "") << names;
}

TEST(LeftOut, APartOfTheLossHasItsOwnValidation) {
  const Texts notes = notes_of("epoch,train/box_loss,train/cls_loss,val/box_loss,val/cls_loss",
                               {"loss=train/cls_loss"});
  EXPECT_EQ(after(notes, "training loss: "), "train/cls_loss");
  EXPECT_EQ(after(notes, "validation loss: "), "val/cls_loss");
}

TEST(LeftOut, AnEntropyIsNotTheLoss) {
  for (const char* names :
       {"step,entropy_loss,policy_loss,value_loss", "step,policy_loss,value_loss,entropy_loss"})
    EXPECT_EQ(after(notes_of(names), "training loss: "), "policy_loss") << names;
  EXPECT_EQ(after(notes_of("step,entropy_loss"), "training loss: "), "entropy_loss");
  EXPECT_EQ(after(notes_of("step,cross_entropy_loss,aux_loss"), "training loss: "),
            "cross_entropy_loss");
}

TEST(LeftOut, OneRunOfAnExportIsTaken) {
  const std::string names =
      "Step,a-1 - train/loss,a-1 - train/loss__MIN,b-2 - train/loss,b-2 - val/loss,a-1 - val/loss";
  const Texts notes = notes_of(names);
  EXPECT_EQ(after(notes, "training loss: "), "a-1 - train/loss");
  EXPECT_EQ(after(notes, "validation loss: "), "a-1 - val/loss");
  EXPECT_EQ(after(notes, "left out, "),
            "as of other runs than a-1: b-2 - train/loss, b-2 - val/loss; to take one --column "
            "'loss=b-2 - train/loss'");
  const Texts told = notes_of(names, {"loss=b-2 - train/loss"});
  EXPECT_EQ(after(told, "validation loss: "), "b-2 - val/loss");
  // What is no run.
  const Texts split = notes_of("epoch,train - loss,val - loss");
  EXPECT_EQ(after(split, "training loss: "), "train - loss");
  EXPECT_EQ(after(split, "validation loss: "), "val - loss");
}

}  // namespace
}  // namespace downhill
