#pragma once
#include <gtest/gtest.h>

#include <string>

#include "downhill/core/error.h"

/// The message of the UsageError that `call` throws; "" (and a failure) if it throws none.
template <class Call>
std::string usage_message(Call&& call) {
  try {
    call();
  } catch (const downhill::UsageError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no UsageError was thrown";
  return "";
}

/// Expects a UsageError whose message holds every given part.
template <class Call, class... Parts>
void expect_usage(Call&& call, const Parts&... parts) {
  const std::string message = usage_message(call);
  for (const std::string& part : {std::string(parts)...})
    EXPECT_NE(message.find(part), std::string::npos)
        << "'" << message << "' does not name '" << part << "'";
}
