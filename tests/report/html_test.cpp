#include "downhill/report/html.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/report/sample_runs.h"

namespace downhill {
namespace {

constexpr std::size_t kLargestReport = 300000;

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Html, IsOneClosedPage) {
  const std::string page = html_report(sample::classifier_run(), sample::some_verdict());
  EXPECT_LT(page.size(), kLargestReport);
  EXPECT_EQ(page.find("src="), std::string::npos);
  EXPECT_EQ(page.find("href="), std::string::npos);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(count_of(page, "</script>"), 3U);
  for (const char* part :
       {"overfitting", "mlp:64,32", "12.5", "GL of Prechelt 1998", "stop at epoch 40",
        "overfitting.rise", "Not examined", "Where the run stands: minimum", "Also: underfitting"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
}

TEST(Html, HostileTextStaysText) {
  const std::string evil = "</script><img src=x onerror=alert(1)>\"'&<!--";
  RunLog log = sample::classifier_run(3);
  log.start.config = {{evil, evil}};
  log.start.version = log.start.began = log.start.processor = log.start.blas = evil;
  for (auto& record : log.epochs) record.metrics = {{evil, 0.5}};
  log.stands->reason = evil;
  log.stands->constants = {{evil, 1}};
  log.end->message = evil;
  const Finding finding{.name = evil,
                        .summary = evil,
                        .evidence = {{evil, 1.0}},
                        .threshold = {{evil, 2.0}},
                        .source = evil,
                        .remedy = evil};
  const Verdict verdict{.name = evil,
                        .summary = evil,
                        .findings = {finding, finding},
                        .not_examined = {{evil, evil}},
                        .constants = {{evil, 1}}};
  const std::string page = html_report(log, verdict);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("<!--"), std::string::npos);
  EXPECT_EQ(count_of(page, "</script>"), 3U);
}

TEST(Html, StaysSmallWhateverTheLogHolds) {
  RunLog log = sample::long_run(1000000);
  for (int i = 0; i < 5000; ++i)
    log.start.config.emplace_back("name" + std::to_string(i), std::string(5000, '"'));
  for (std::int64_t epoch = 1; epoch <= 2000; ++epoch) {
    EpochRecord record{epoch, 500 * epoch, Split::train, 1.0 / static_cast<double>(epoch), {},
                       {},    {}};
    for (int i = 0; i < 40; ++i)
      record.metrics.emplace_back("metric" + std::to_string(i),
                                  std::sin(i + 0.01 * static_cast<double>(epoch)));
    log.epochs.push_back(record);
    record.split = Split::validation;
    log.epochs.push_back(record);
  }
  Verdict verdict = sample::some_verdict();
  verdict.findings.assign(1000, sample::some_finding("plateau"));
  verdict.findings[0].remedy = std::string(5000, '&');
  verdict.findings[0].evidence.assign(1000, {std::string(5000, '<'), 1.0});
  const std::string page = html_report(log, verdict);
  EXPECT_LT(page.size(), kLargestReport);
  EXPECT_NE(page.find("28 more metrics"), std::string::npos);
}

TEST(Html, AMillionPointsKeepTheirSpike) {
  const std::string page =
      html_report(sample::long_run(1000000), sample::some_verdict("diverging"));
  EXPECT_LT(page.size(), kLargestReport);
  EXPECT_NE(page.find(",123,"), std::string::npos);
  EXPECT_NE(page.find("null"), std::string::npos);
}

TEST(Html, AnEmptyLogHasAReport) {
  const std::string page = html_report(RunLog{}, Verdict{});
  EXPECT_NE(page.find("no losses yet"), std::string::npos);
}

TEST(Html, ATruncatedLogSaysSo) {
  RunLog log = sample::classifier_run(2);
  log.truncated_line = 17;
  EXPECT_NE(html_report(log, {}).find("line 17 of the log was cut short"), std::string::npos);
}

}  // namespace
}  // namespace downhill
