#include "downhill/runlog/any_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/io/crc32c.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_files::Directory;

AnyLog read(const std::string& text, const std::string& name = "log.csv",
            const std::vector<std::string>& columns = {}) {
  const Directory place;
  std::ofstream(place / name, std::ios::binary) << text;
  return read_any_log(place / name, columns);
}

std::string refusal(const std::string& text, const std::string& name = "log.csv",
                    const std::vector<std::string>& columns = {}) {
  try {
    read(text, name, columns);
  } catch (const FileError& error) {
    EXPECT_EQ(error.kind(), FileError::Kind::data);
    return error.what();
  }
  return "was read";
}

// What each program writes, shortened: two epochs or steps with train loss 2, 1.
TEST(AnyLog, TheSpellingsOfOtherPrograms) {
  struct Case {
    const char *name, *text;
    bool by_epoch, validated;
  };
  const Case cases[] = {
      {"keras.csv", "epoch,accuracy,loss,val_accuracy,val_loss\n0,.5,2,.4,3\n1,.6,1,.5,2\n", true,
       true},
      {"lightning.csv", "epoch,step,train_loss,val_loss\n0,9,2,\n0,9,,3\n1,19,1,\n1,19,,2\n", true,
       true},
      {"fastai.csv", "epoch,train_loss,valid_loss,accuracy,time\n0,2,3,.4,00:01\n1,1,2,.5,00:01\n",
       true, true},
      {"wandb.csv",
       "\"Step\",\"sunny-1 - train/loss\",\"sunny-1 - "
       "train/loss__MIN\"\n\"0\",\"2\",\"2\"\n\"1\",\"1\",\"1\"\n",
       false, false},
      {"semicolon.csv", "step;loss;lr\n1;2;0.1\n2;1;0.1\n", false, false},
      {"lines.jsonl", "{\"step\": 1, \"loss\": 2}\n{\"step\": 2, \"loss\": 1}\n", false, false},
      {"trainer_state.json",
       "{\"global_step\": 20, \"log_history\": [{\"epoch\": 0.5, \"loss\": 2, \"grad_norm\": 1, "
       "\"step\": 10}, {\"eval_loss\": 3, \"epoch\": 1, \"step\": 20}, {\"epoch\": 1.0, \"loss\": "
       "1, "
       "\"step\": 20}, {\"train_loss\": 1.5, \"train_runtime\": 3, \"step\": 20}]}",
       false, true},
      {"catboost_training.json",
       "{\n\"meta\":{\"test_sets\":[\"test\"],\"test_metrics\":[{\"name\":\"AUC\"},{\"name\":"
       "\"Logloss\"}],\"learn_metrics\":[{\"name\":\"Logloss\"}]},\n\"iterations\":[\n"
       "{\"learn\":[2],\"iteration\":0,\"passed_time\":0.1,\"test\":[0.5,3]},\n"
       "{\"learn\":[1],\"iteration\":1,\"passed_time\":0.2,\"test\":[0.6,2]}\n]}",
       true, true},
      {"history.json", "{\"loss\": [2, 1], \"val_loss\": [3, 2], \"lr\": [0.1, 0.1]}", true, true},
      {"alone.json", "{\"loss\": [2, 1], \"lr\": [0.1, 0.1]}", true, false},
      {"pickled.json", "{\"history\": {\"loss\": [2, 1]}, \"epoch\": [0, 1]}", true, false},
      {"lightgbm.json", "{\"training\": {\"l2\": [2, 1]}, \"valid_0\": {\"l2\": [3, 2]}}", true,
       true},
      {"rows.json", "[{\"epoch\": 1, \"train_loss\": 2}, {\"epoch\": 2, \"train_loss\": 1}]", true,
       false},
      {"camel.csv", "epoch,trainLoss,valLoss\n1,2,3\n2,1,2\n", true, true},
  };
  for (const Case& c : cases) {
    const AnyLog any = read(c.text, c.name);
    std::vector<double> train, validation;
    for (const auto& r : any.log.steps) train.push_back(r.loss);
    for (const auto& r : any.log.epochs)
      (r.split == Split::train ? train : validation).push_back(r.loss);
    EXPECT_EQ(train, (std::vector<double>{2, 1})) << c.name;
    EXPECT_EQ(any.log.steps.empty(), c.by_epoch) << c.name;
    EXPECT_EQ(!validation.empty(), c.validated) << c.name;
    EXPECT_FALSE(any.notes.empty());
  }
}

TEST(AnyLog, DecimalCommasWhereCommasSeparateNothing) {
  const RunLog log = read("Epoche;loss;val_loss\n0;2,5;2,25\n1;1,5;1,75\n").log;
  ASSERT_EQ(log.epochs.size() + log.steps.size(), 4U);
  EXPECT_EQ(log.epochs.empty() ? log.steps[0].loss : log.epochs[0].loss, 2.5);
}

TEST(AnyLog, EpochsCountedFromZeroAreSaid) {
  const AnyLog zero = read("epoch,loss,val_loss\n0,2,3\n1,1,2\n");
  EXPECT_EQ(zero.log.epochs[0].epoch, 1);
  EXPECT_EQ(zero.notes[0], "epoch: epoch (from 0 there, from 1 here)");
  const AnyLog one = read("epoch,loss,val_loss\n1,2,3\n2,1,2\n");
  EXPECT_EQ(one.log.epochs[0].epoch, 1);
  EXPECT_EQ(one.notes[0], "epoch: epoch");
}

TEST(AnyLog, TheWholeLossIsTakenBeforeItsParts) {
  for (const char* names :
       {"loss_cls,loss_bbox,loss", "loss_box_reg,total_loss,loss_rpn_cls",
        "train/loss_ce,train/loss,train/loss_giou", "aux_loss,train_loss,kd_loss",
        "a_loss,b_loss,loss", "kl_loss,recon_loss,total_loss"}) {
    const std::string text = std::string("step,") + names + "\n1,9,9,9\n2,9,9,9\n";
    const AnyLog any = read(text);
    const auto found = std::ranges::find_if(
        any.notes, [](const std::string& note) { return note.starts_with("training loss: "); });
    ASSERT_NE(found, any.notes.end()) << names;
    const std::string name = found->substr(15);
    EXPECT_TRUE(name == "loss" || name == "total_loss" || name == "train/loss" ||
                name == "train_loss")
        << name;
  }
}

TEST(AnyLog, StepsThatBeginAnewInEachEpochAreCountedOn) {
  const RunLog log = read(
                         "{\"mode\": \"train\", \"epoch\": 1, \"iter\": 50, \"loss\": 3}\n"
                         "{\"mode\": \"train\", \"epoch\": 1, \"iter\": 100, \"loss\": 2}\n"
                         "{\"mode\": \"val\", \"epoch\": 1, \"iter\": 20, \"val_loss\": 2.5}\n"
                         "{\"mode\": \"train\", \"epoch\": 2, \"iter\": 50, \"loss\": 1}\n",
                         "x.log.json")
                         .log;
  ASSERT_EQ(log.steps.size(), 3U);
  EXPECT_EQ(log.steps[1].step, 100);
  EXPECT_EQ(log.steps[2].step, 150);
  ASSERT_EQ(log.epochs.size(), 1U);
  EXPECT_EQ(log.epochs[0].step, 100) << "of a validation on its own rows";
}

// A row per split, as data frames hold them.
TEST(AnyLog, AColumnTellsOfWhichRowsARowIs) {
  for (const char* text :
       {"epoch,phase,loss,acc\n1,train,2,.4\n1,val,3,.5\n2,train,1,.5\n2,val,2,.6\n",
        "epoch,loss,acc,split\n1,2,.4,Train\n1,3,.5,Test\n2,1,.5,Train\n2,2,.6,Test\n"}) {
    const RunLog log = read(text).log;
    ASSERT_EQ(log.epochs.size(), 4U) << text;
    EXPECT_EQ(log.epochs[0].loss, 2);
    EXPECT_EQ(log.epochs[1].loss, 3);
    EXPECT_EQ(log.epochs[1].split, Split::validation);
    EXPECT_EQ(log.epochs[1].metrics, (NamedNumbers{{"accuracy", 0.5}}));
    EXPECT_EQ(log.epochs[3].epoch, 2);
  }
  // A mode that is no split.
  EXPECT_EQ(read("step,mode,loss\n1,fast,2\n2,slow,1\n").log.steps.size(), 2U);
}

// Hugging Face's notebooks write "No log" before the first training loss.
TEST(AnyLog, AValidationMayComeBeforeTheFirstTrainingLoss) {
  const RunLog log = read(
                         "Training Loss\tValidation Loss\nNo log\t3\n2\t2.5\n1.5\t2\n1\t1.5\n"
                         ".5\t1\n.25\t.5\n")
                         .log;
  ASSERT_EQ(log.epochs.size(), 11U);
  EXPECT_EQ(log.epochs[0].split, Split::validation);
  EXPECT_EQ(log.epochs[0].loss, 3);
}

TEST(AnyLog, RowsFromTheNewestAreTurnedRound) {
  const RunLog log = read("epoch,loss,val_loss\n2,1,7\n1,2,8\n0,3,9\n").log;
  ASSERT_EQ(log.epochs.size(), 6U);
  EXPECT_EQ(log.epochs[0].epoch, 1);
  EXPECT_EQ(log.epochs[0].loss, 3);
  EXPECT_EQ(log.epochs[5].loss, 7);
  const std::string bad = refusal("epoch,loss\n2,1\n1,high\n0,3\n-1,4\n");
  EXPECT_NE(bad.find(":3: "), std::string::npos) << bad;
}

TEST(AnyLog, GaugesAndLayers) {
  const RunLog log =
      read(
          "step,loss,learning_rate,grad_norm,grad_2.0_norm/fc1.weight,gradients/0.weight,"
          "dead_units\n1,2,0.1,5,3,4,0.5\n2,1,0.1,5,3,4,0.5\n")
          .log;
  ASSERT_EQ(log.steps.size(), 2U);
  EXPECT_EQ(log.steps[0].lr, 0.1);
  EXPECT_EQ(log.steps[0].gradient_norm, 5);
  ASSERT_EQ(log.steps[0].layers.size(), 2U);
  EXPECT_EQ(log.steps[0].layers[0].name, "fc1.weight");
  EXPECT_EQ(log.steps[0].layers[1].name, "0.weight");
  EXPECT_EQ(log.steps[0].layers[1].gradient, 4);
  EXPECT_EQ(log.steps[0].metrics, (NamedNumbers{{"dead", 0.5}}));
}

TEST(AnyLog, NotFiniteAndMissing) {
  const RunLog log = read(
                         "{\"step\": 1, \"loss\": 2.0}\n{\"step\": 2, \"loss\": NaN}\n"
                         "{\"step\": 3, \"loss\": -Infinity}\n",
                         "log.jsonl")
                         .log;
  ASSERT_EQ(log.steps.size(), 3U);
  EXPECT_TRUE(std::isnan(log.steps[1].loss));
  EXPECT_EQ(log.steps[2].loss, -INFINITY);
  // pandas writes a missing validation as nan; that comes and goes.
  const RunLog gaps = read("step,loss,val_loss\n1,2,nan\n2,2,3\n3,1,nan\n4,1,2\n5,1,nan\n").log;
  EXPECT_EQ(gaps.epochs.size(), 2U);
  for (const auto& r : gaps.epochs) EXPECT_TRUE(std::isfinite(r.loss));
}

TEST(AnyLog, AColumnCanBeTold) {
  const std::string text = "step,foo,loss\n1,2,7\n2,1,7\n";
  EXPECT_EQ(read(text, "log.csv", {"loss=foo"}).log.steps[0].loss, 2);
  EXPECT_NE(refusal(text, "log.csv", {"loss=bar"}).find("there is no column 'bar'"),
            std::string::npos);
  EXPECT_THROW(read(text, "log.csv", {"lost=foo"}), UsageError);
}

TEST(AnyLog, HostileFilesHaveLocatedErrors) {
  const std::pair<const char*, const char*> cases[] = {
      {"step,loss\n1,abc\n", ":2: column 'loss': 'abc' is no number"},
      {"1,2\n3,4\n", ":1: no names of columns"},
      {"step,loss\n1,2,3\n", ":2: 3 cells; the header has 2"},
      {"epoch,loss,val_loss\n", ":1: has names of columns and no rows"},
      {"step,loss\n1,\"2\n3", ":2: a quote that does not end"},
      {"step,loss,loss\n1,2,3\n", ":1: the column 'loss' stands there twice"},
      {"step,foo\n1,2\n", "no column is a training loss"},
      {"step,loss\n1,\xff\n", ":2: is not UTF-8"},
      {"", "is empty"},
      {"{\"step\": 1, \"loss\": 2}\n{\"step\": 2, \"loss\": }\n{\"step\": 3}\n", ":2: column"},
      {"{\"loss\": [1, 2", "byte"},
  };
  for (const auto& [text, part] : cases)
    EXPECT_NE(refusal(text).find(part), std::string::npos) << refusal(text);
  EXPECT_NE(refusal(std::string("step,loss\n1,\0\n", 13)).find(":2: a byte 0"), std::string::npos);
  std::string deep = "{\"loss\": ";
  for (int i = 0; i < 100000; ++i) deep += '[';
  EXPECT_NE(refusal(deep).find("nested deeper"), std::string::npos);
}

// The record format by hand, as diagnostics.md gives it: 26 bytes of Event{wall_time 1, step 7,
// loss 0.5} have the header CRC 0x2DD89B12 and the data CRC 0x2F9A2C86.
const std::string kEvent(
    "\x1a\0\0\0\0\0\0\0\x12\x9b\xd8\x2d"
    "\x09\0\0\0\0\0\0\xf0\x3f\x10\x07\x2a\x0d\x0a\x0b\x0a\x04loss\x15\0\0\0\x3f"
    "\x86\x2c\x9a\x2f",
    42);
const std::string kHead(
    "\x18\0\0\0\0\0\0\0\xa3\x7f\x4b\x22"
    "\x09\0\0\x80\x38\x99\xd6\xd7\x41\x1a\x0d"
    "brain.Event:2"
    "\x12\x4b\x36\xab",
    40);

TEST(AnyLog, WhatWasCutShortIsSaid) {
  const AnyLog lines =
      read("{\"step\":1,\"loss\":2}\n{\"step\":2,\"loss\":1}\n{\"step\":3,\"lo", "log.jsonl");
  EXPECT_EQ(lines.log.steps.size(), 2U);
  EXPECT_TRUE(lines.notes[0].ends_with("log.jsonl: line 3 was cut short and is left out"))
      << lines.notes[0];
}

TEST(AnyLog, EventFiles) {
  const std::string name = "events.out.tfevents.1600000000.host";
  const RunLog log = read(kHead + kEvent, name).log;
  ASSERT_EQ(log.steps.size(), 1U);
  EXPECT_EQ(log.steps[0].step, 7);
  EXPECT_EQ(log.steps[0].loss, 0.5);
  EXPECT_FALSE(read(kHead + kEvent, name).notes[0].find("no whole record") != std::string::npos);
  for (const std::size_t left : {5U, 20U}) {
    const AnyLog cut = read(kHead + kEvent + kEvent.substr(0, left), name);
    EXPECT_EQ(cut.log.steps.size(), 1U);
    EXPECT_NE(cut.notes[0].find(std::to_string(left) + " bytes are no whole record"),
              std::string::npos)
        << cut.notes[0];
  }
  EXPECT_EQ(read(kHead + kEvent, "renamed").log.steps.size(), 1U);
  std::string bad = kHead + kEvent;
  bad[60] ^= 1;
  EXPECT_NE(refusal(bad, name).find("byte 53: the checksum of a record is wrong"),
            std::string::npos)
      << refusal(bad, name);
  bad = kHead + kEvent;
  bad[41] ^= 1;
  EXPECT_NE(refusal(bad, name).find("byte 41: the checksum of a record's length"),
            std::string::npos);
}

TEST(AnyLog, FoldersOfEventsAreOneRun) {
  const Directory place;
  for (const char* folder : {"train", "validation"}) {
    std::filesystem::create_directories(place / folder);
    std::ofstream(std::filesystem::path(place / folder) / "events.out.tfevents.1.host",
                  std::ios::binary)
        << kHead + kEvent;
  }
  const RunLog log = read_any_log(place.path()).log;
  ASSERT_EQ(log.steps.size() + log.epochs.size(), 2U);
  EXPECT_EQ(log.epochs.back().split, Split::validation);
}

}  // namespace
}  // namespace downhill
