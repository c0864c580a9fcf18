#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <stdexcept>
#include <string>

#include "downhill/core/random.h"
#include "downhill/doctor/doctor.h"
#include "downhill/runlog/records.h"

namespace downhill::sample {

using Shape1 = std::function<double(double)>;  ///< loss as a function of the time, 0 to 1

/// Records of `count` epochs on one split; noise is relative and normal.
inline void add_epochs(RunLog& log, std::int64_t count, Split split, const Shape1& loss,
                       double noise = 0, std::uint64_t seed = 0) {
  Random random(seed, split == Split::train ? 1U : 2U);
  for (std::int64_t epoch = 1; epoch <= count; ++epoch) {
    const double time = static_cast<double>(epoch - 1) / static_cast<double>(count - 1);
    EpochRecord record;
    record.epoch = epoch;
    record.step = 10 * epoch;
    record.split = split;
    record.loss = loss(time) * (1 + noise * random.normal());
    record.lr = 0.5;
    log.epochs.push_back(record);
  }
}

inline void add_steps(RunLog& log, std::int64_t count, const Shape1& loss, double noise = 0,
                      std::uint64_t seed = 0) {
  Random random(seed, 1);
  for (std::int64_t step = 1; step <= count; ++step) {
    const double time = static_cast<double>(step - 1) / static_cast<double>(count - 1);
    StepRecord record;
    record.step = step;
    record.loss = loss(time) * (1 + noise * random.normal());
    record.lr = 0.5;
    record.gradient_norm = 1.0;
    log.steps.push_back(record);
  }
}

// Curves: falls fast to `floor` and stays, falls all the way, falls and rises again.
inline Shape1 settles(double floor) {
  return [floor](double t) { return floor + 2 * std::exp(-40 * t); };
}
inline Shape1 falls(double to) {
  return [to](double t) { return std::pow(to, t); };
}
inline Shape1 turns(double best_at, double rise) {
  return [=](double t) {
    return 1 + 2 * std::pow(t - best_at, 2) + (t > best_at ? rise * (t - best_at) : 0);
  };
}
inline Shape1 explodes(double to) {
  return [to](double t) { return t < 0.5 ? 1 - t : 0.5 * std::pow(2 * to, 2 * t - 1); };
}

inline StandsRecord stands_at(State state) {
  StandsRecord record;
  record.stands = state;
  record.h1 = 10;
  record.h1_residual = 1e-6;
  record.hn = state == State::saddle ? -0.5 : 0.01;
  record.hn_residual = 1e-6;
  record.quadratic_decrease = state == State::descending ? 0.2 : 1e-4;
  return record;
}

inline RunLog steps_of(const Shape1& loss, std::int64_t count = 200, double noise = 0,
                       std::uint64_t seed = 0) {
  RunLog log;
  add_steps(log, count, loss, noise, seed);
  return log;
}

inline RunLog epochs_of(const Shape1& train, const Shape1& validation, std::int64_t count = 60,
                        double noise = 0, std::uint64_t seed = 0) {
  RunLog log;
  add_epochs(log, count, Split::train, train, noise, seed);
  add_epochs(log, count, Split::validation, validation, noise, seed);
  return log;
}

/// A finding is at least as sure as at its threshold: what it reports is what fired.
inline Verdict diagnosed(const RunLog& log) {
  Verdict verdict = diagnose(log);
  for (const Finding& f : verdict.findings)
    EXPECT_GE(f.confidence, 0.5) << f.name << " reports figures below its own thresholds";
  return verdict;
}

inline std::string verdict_of(const RunLog& log) { return diagnosed(log).name; }

inline bool finds(const RunLog& log, const std::string& symptom) {
  const Verdict verdict = diagnosed(log);
  return std::ranges::any_of(verdict.findings, [&](const auto& f) { return f.name == symptom; });
}

inline const Finding& finding(const Verdict& verdict, const std::string& symptom) {
  const auto at = std::ranges::find(verdict.findings, symptom, &Finding::name);
  if (at == verdict.findings.end()) throw std::runtime_error("no finding " + symptom);
  return *at;
}

inline double evidence(const Finding& f, const std::string& name) {
  return std::ranges::find(f.evidence, name, &NamedNumbers::value_type::first)->second;
}

inline double half_cosine(double t) { return 0.5 * (1 + std::cos(std::numbers::pi * t)); }

/// The rate of each step, of a log without steps of each epoch.
inline void set_rates(RunLog& log, const Shape1& rate) {
  const auto last =
      static_cast<double>(log.steps.empty() ? log.epochs.back().epoch : log.steps.back().step);
  for (StepRecord& record : log.steps) record.lr = rate(static_cast<double>(record.step) / last);
  if (!log.steps.empty()) return;
  for (EpochRecord& record : log.epochs) record.lr = rate(static_cast<double>(record.epoch) / last);
}

/// The accuracy of each validation.
inline void set_accuracy(RunLog& log, const Shape1& accuracy) {
  const auto last = static_cast<double>(log.epochs.back().epoch);
  for (EpochRecord& record : log.epochs)
    if (record.split == Split::validation)
      record.metrics = {{"accuracy", accuracy(static_cast<double>(record.epoch) / last)}};
}

}  // namespace downhill::sample
