#pragma once
#include <string>
#include <vector>

#include "downhill/train/task.h"

namespace downhill::detail {

/// "balanced" (rows / (classes rows_of_class), in the training rows), or "a=2,b=1" with 1 for the
/// others: one factor per class; empty for an empty text. DataError for a class that there is not,
/// UsageError for what is neither.
std::vector<double> class_weights(const std::string& text, const std::vector<std::string>& classes,
                                  const Tensor& labels, const Tensor& train_rows);

/// How many times more the loss of a row of the second class pulls than one of the first, at the
/// probability 1/2: pos_weight, a factor of one's own formula, class weights. A model trained with it
/// has odds so many times too large (Elkan, The foundations of cost-sensitive learning, IJCAI 2001).
double price_of_second_class(const Loss& loss, Task task, const std::vector<double>& by_class);

/// Whether a model trained with the loss says for rows of which a share p is of the second class that
/// their probability is p, but for a price (a strictly proper loss, whose pulls balance there).
bool tells_probabilities(const Loss& loss, Task task);

}  // namespace downhill::detail
