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

/// Expects an error of that type whose message holds the part.
template <class Kind, class Call>
void expect_error(Call&& call, const std::string& part) {
  try {
    call();
    ADD_FAILURE() << "nothing was thrown; expected '" << part << "'";
  } catch (const Kind& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
        << "'" << error.what() << "' does not name '" << part << "'";
  }
}
