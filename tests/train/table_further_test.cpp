// Validation and test from files of their own: the same target, other rows.
#include "downhill/train/detail/table_task.h"
#include "tests/tables/tables_support.h"
#include "tests/train/table_case.h"

namespace downhill {
namespace {

using testing_tables::rows_of;

class FurtherTable : public testing_tables::TableCase {
 protected:
  // x in one column, and what `y` gives in the other.
  static std::string table(int rows, const std::function<std::string(int)>& y, int first = 0) {
    return rows_of("x,y", rows,
                   [&](int i) { return std::to_string((first + i) % 13) + ".5," + y(first + i); });
  }
  static std::string number(int i) { return std::to_string(i % 17) + ".25"; }
  static std::string word(int i) { return i % 13 > 5 ? "yes" : "no"; }
  static std::string loud(int i) { return i % 13 > 5 ? "YES" : "No"; }

  TableRunOptions with(const std::function<std::string(int)>& y, const std::string& validation) {
    TableRunOptions o = options(table(80, y), "y");
    o.epochs = 3;
    testing_files::put(place_ / "va.csv", validation);
    o.validation_file = (place_ / "va.csv").string();
    return o;
  }
  TableModel trained_on_numbers() {
    TableRunOptions o = options(table(80, number), "y");
    o.epochs = 3;
    run_table(o);
    return model(o);
  }
  static std::string refusal(const TableRunOptions& o) {
    try {
      run_table(o);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  static bool notes(const TableRunOptions& o, const std::string& part) {
    for (const std::string& note : run_table(o).notes)
      if (note.find(part) != std::string::npos) return true;
    return false;
  }
};

TEST_F(FurtherTable, ATargetOfNumbersTakesNoWordsAndNoOtherUnit) {
  for (const char* cell : {"yes", "true", "1.417%", "€9.2", "low"}) {
    const std::string text = refusal(with(number, table(20, [&](int) { return cell; })));
    EXPECT_NE(text.find("va.csv:2:"), std::string::npos) << cell << text;
    EXPECT_NE(text.find("is not a number such as"), std::string::npos) << cell << text;
  }
  const auto percent = [](int i) { return number(i) + "%"; };
  EXPECT_NE(refusal(with(percent, table(20, number))).find("is not a number (percent)"),
            std::string::npos);
  EXPECT_EQ(refusal(with(number, table(20, number, 3))), "");
}

TEST_F(FurtherTable, EvaluateRefusesThemToo) {
  TableModel trained = trained_on_numbers();
  std::vector<std::string> told;
  testing_files::put(place_ / "w.csv", table(20, word));
  EXPECT_THROW(evaluate_table(trained, place_ / "w.csv", "", told), FileError);
}

TEST_F(FurtherTable, PatienceWithoutValidationIsNoted) {
  TableRunOptions o = options(table(80, number), "y");
  o.validation = 0;
  o.patience = 3;
  o.epochs = 5;
  EXPECT_TRUE(notes(o, "it never stops early"));
}

TEST_F(FurtherTable, WhereARunStandsIsToldOfTheStepOfItsWeights) {
  TableRunOptions o = options(table(80, number), "y");
  o.optimizer = "adam:lr=0.5";
  o.batch = 8;
  o.epochs = 30;
  const TableRunResult result = run_table(o);
  ASSERT_TRUE(result.fit.best_epoch.has_value());
  ASSERT_TRUE(result.fit.log.stands.has_value());
  const std::int64_t in_epoch = result.fit.steps / result.fit.epochs;
  EXPECT_EQ(result.fit.log.stands->epoch, *result.fit.best_epoch);
  EXPECT_EQ(result.fit.log.stands->step, *result.fit.best_epoch * in_epoch);
}

TEST_F(FurtherTable, EvaluateLeavesOutRowsWithoutATargetIfTold) {
  TableModel trained = trained_on_numbers();
  std::vector<std::string> told;
  testing_files::put(place_ / "w.csv",
                     table(20, [](int i) { return i % 5 == 0 ? std::string() : number(i); }));
  EXPECT_THROW(evaluate_table(trained, place_ / "w.csv", "", told), FileError);
  EXPECT_EQ(evaluate_table(trained, place_ / "w.csv", "", told, true).rows, 16);
}

// The loss of `evaluate` is the training's, and so is the constant that stands beside it.
TEST_F(FurtherTable, EvaluateWeighsTheClassesAsTheTrainingDid) {
  for (const char* weights : {"balanced", "no=3,yes=0.5"}) {
    TableRunOptions o = options(table(80, word), "y");
    o.epochs = 3;
    o.class_weight = weights;
    testing_files::put(place_ / "te.csv", table(30, word, 5));
    o.test_file = (place_ / "te.csv").string();
    const TableRunResult result = run_table(o);
    TableModel trained = model(o);
    std::vector<std::string> told;
    const EvaluationRecord again = evaluate_table(trained, o.test_file, "", told);
    const EvaluationRecord& then = *result.evaluation("test");
    EXPECT_EQ(again.loss, then.loss) << weights;
    EXPECT_EQ(again.baseline_loss, then.baseline_loss) << weights;
    EXPECT_EQ(again.metrics, then.metrics) << weights;
  }
}

TEST_F(FurtherTable, BooleansAsNumbersStayBooleans) {
  TableRunOptions o = with(word, table(20, loud, 3));
  o.task = "numbers";
  EXPECT_EQ(refusal(o), "");
  TableModel trained = model(o);
  std::vector<std::string> told;
  EXPECT_EQ(evaluate_table(trained, o.validation_file, "", told).rows, 20);
}

TEST_F(FurtherTable, BooleansHaveAnyCaseAcrossFiles) {
  const TableRunOptions o = with(word, table(20, loud));
  const TableRunResult result = run_table(o);
  const TableRunOptions same = with(word, table(20, word));
  const TableRunResult expected = run_table(same);
  ASSERT_NE(result.evaluation("validation"), nullptr);
  EXPECT_EQ(result.evaluation("validation")->metrics, expected.evaluation("validation")->metrics);
  EXPECT_NE(refusal(with(word, table(20, [](int i) { return i % 2 ? "true" : "false"; })))
                .find("is not among those of the training"),
            std::string::npos);
}

TEST_F(FurtherTable, ThatHoldsTheSameRowsIsSaid) {
  EXPECT_TRUE(notes(with(number, table(80, number)), "its figures are no held-out figures"));
  EXPECT_FALSE(notes(with(number, table(80, number, 1)), "held-out"));
  TableRunOptions both = with(number, table(40, number, 7));
  both.test_file = both.validation_file;
  EXPECT_TRUE(notes(both, "the same rows as the validation"));
}

TEST_F(FurtherTable, APartWithoutRowsIsSaidAndOneRowHasNoInterval) {
  TableRunOptions o = options("a,b,y\n1,2,3.5\n2,3,4.25\n3,4,6\n", "y");
  o.epochs = 2;
  const TableRunResult result = run_table(o);
  std::size_t parts = 1;
  for (const char* part : {"validation", "test"}) {
    const EvaluationRecord* record = result.evaluation(part);
    bool said = false;
    for (const std::string& note : result.notes)
      said |= note.find(std::string("no row is left for the ") + part) != std::string::npos;
    EXPECT_EQ(said, record == nullptr) << part;
    if (record == nullptr) continue;
    ++parts;
    EXPECT_EQ(record->rows, 1);
    EXPECT_TRUE(record->intervals.empty()) << part;
  }
  EXPECT_EQ(parts, result.fit.log.evaluations.size());
}

TEST_F(FurtherTable, HasTheHeaderOfTheModel) {
  const auto row = [](int i) {
    return std::to_string(i % 7) + ".5," + std::to_string(i % 11) + ".25," + number(i);
  };
  TableRunOptions o = options(rows_of("0,1,2", 60, row), "2");
  o.epochs = 2;
  run_table(o);
  // One row alone would not show that the first holds names.
  EXPECT_EQ(predict(o, "0,1\n3,4\n").predictions.rows, 1);
  EXPECT_EQ(predict(o, "1,0\n4,3\n").predictions.values,
            predict(o, "0,1\n3,4\n").predictions.values);
}

}  // namespace
}  // namespace downhill
