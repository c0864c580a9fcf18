#pragma once
#include <string>
#include <string_view>

#include "downhill/tables/notation.h"

namespace downhill::detail {

/// A number as it is written, before it is decided what its points and commas mean.
struct NumberParts {
  bool negative = false;
  bool plus = false;  ///< a plus sign
  bool percent = false;
  std::string_view currency;  ///< "" for none
  std::string_view digits;    ///< digits, points, commas, spaces, apostrophes, an exponent
};

/// Takes sign, currency and percent off; false if what remains cannot be a number.
bool split_number(std::string_view text, NumberParts& parts);

/// The meanings that a number's points, commas, spaces and apostrophes can have, as bits: bit i is
/// `kMeanings[i]`. 0: none. Only those `among` are looked for.
struct Meaning {
  char decimal, group;
};
inline constexpr Meaning kMeanings[] = {{'.', '\0'}, {'.', ','}, {'.', ' '}, {'.', '\''},
                                        {',', '\0'}, {',', '.'}, {',', ' '}, {',', '\''}};
inline constexpr unsigned kAllMeanings = 0xFF, kPointMeanings = 0x0F, kCommaMeanings = 0xF0;
unsigned meanings(std::string_view digits, unsigned among = kAllMeanings);
/// Whether there is one at all.
bool has_meaning(std::string_view digits);

}  // namespace downhill::detail
