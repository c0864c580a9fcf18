#pragma once
#include <cmath>
#include <limits>

#include "downhill/core/random.h"
#include "downhill/runlog/records.h"

namespace downhill::sample {

/// A classifier's run: `epochs` epochs of 20 steps, validation best at two thirds.
inline RunLog classifier_run(std::int64_t epochs = 60, std::uint64_t seed = 1) {
  Random random(seed);
  RunLog log;
  log.start = {1,
               "0.1.0",
               {{"data", "data/digits.csv"},
                {"target", "digit"},
                {"model", "mlp:64,32"},
                {"loss", "cross_entropy:label_smoothing=0,ignore_index=-100"},
                {"optimizer", "adamw:lr=0.003,beta1=0.9,beta2=0.999,eps=1e-08,weight_decay=0.01"},
                {"schedule", "warmup:steps=40,then=cosine"},
                {"batch", "64"},
                {"seed", "1"}},
               "x86-64-v3",
               "OpenBLAS 0.3.21",
               2};
  for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
    double sum = 0;
    for (std::int64_t k = 1; k <= 20; ++k) {
      const std::int64_t step = 20 * (epoch - 1) + k;
      const double t = static_cast<double>(step) / 400;
      const double loss = 2.3 * std::exp(-t * 2) * std::exp(0.25 * random.normal()) + 0.01;
      const double lr =
          0.003 * std::min(1.0, static_cast<double>(step) / 40) * 0.5 *
          (1 + std::cos(3.14159 * static_cast<double>(epoch) / static_cast<double>(epochs)));
      log.steps.push_back(
          {step, epoch, Split::train, loss, lr, 3 * std::sqrt(loss) + 0.2 * random.uniform()});
      sum += loss / 20;
    }
    const double t = static_cast<double>(epoch) / 20;
    const double validation = 2.2 * std::exp(-t * 1.9) + 0.09 + 0.02 * t * t * 0.3;
    log.epochs.push_back(
        {epoch, 20 * epoch, Split::train, sum, 0.003, 1.0, {{"accuracy", 1 - 0.4 * sum}}});
    log.epochs.push_back({epoch,
                          20 * epoch,
                          Split::validation,
                          validation,
                          {},
                          {},
                          {{"accuracy", 1 - 0.35 * validation}}});
  }
  log.epochs.push_back({epochs, 20 * epochs, Split::test, 0.11, {}, {}, {{"accuracy", 0.972}}});
  log.stands = {State::minimum,
                "Flat to tolerance; no negative direction was found.",
                true,
                20 * epochs,
                epochs,
                1077,
                6570,
                0.0123,
                2.1e-3,
                16.7,
                1e-6,
                -1e-5,
                2e-6,
                0.002,
                0.0,
                {{"krylov_steps", 20}, {"lanczos_steps", 40}}};
  log.end = {Ended::steps_done, "", 20 * epochs, epochs, 3.21, (2 * epochs + 2) / 3, 0.1};
  return log;
}

inline Finding some_finding(const char* name) {
  return {.name = name,
          .confidence = 0.9,
          .from_step = 800,
          .to_step = 1200,
          .summary =
              "The validation loss was lowest at epoch 40 and rose by 12.5 % since, while the "
              "train loss fell.",
          .evidence = {{"validation_rise", 12.5}, {"best_at", 0.66}},
          .threshold = {{"validation_rise", 2}, {"standard_deviations", 6}},
          .source = "GL of Prechelt 1998",
          .remedy = "stop at epoch 40 (--patience 10)"};
}

inline Verdict some_verdict(const char* name = "overfitting") {
  return {.name = name,
          .state = State::minimum,
          .ended = Ended::steps_done,
          .summary = some_finding(name).summary,
          .findings = {some_finding(name), some_finding("underfitting")},
          .not_examined = {{"frozen_parameters", "gradient norms per layer"}},
          .constants = {{"overfitting.rise", 0.2}}};
}

/// Many steps without epochs; not finite from three quarters on, with a spike at one place.
inline RunLog long_run(std::int64_t steps) {
  Random random(3);
  RunLog log;
  for (std::int64_t step = 1; step <= steps; ++step) {
    const double t = static_cast<double>(step) / static_cast<double>(steps);
    double loss = (std::exp(-6 * t) + (t > 0.55 ? std::exp(30 * (t - 0.6)) : 0)) *
                  (1 + 0.1 * random.normal());
    if (step == steps / 3) loss = 123.0;
    if (t > 0.75)
      loss = t > 0.8 ? std::numeric_limits<double>::quiet_NaN()
                     : std::numeric_limits<double>::infinity();
    log.steps.push_back({step, 0, Split::train, loss, 0.5, std::abs(loss) * 2});
  }
  return log;
}

}  // namespace downhill::sample
