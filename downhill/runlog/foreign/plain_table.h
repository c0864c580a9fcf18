#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace downhill::foreign {

/// The text of a table whose columns are padded with blanks (fastai, pandas) or stand between bars
/// (Markdown) with tabs between its cells; nothing where the text is good as it is. Lines that begin with # become empty, but
/// for one that holds the names of the columns (NumPy's savetxt); their number is put into `comments`.
/// Lines keep their places.
std::optional<std::string> plain_table(std::string_view text, int& comments);

}  // namespace downhill::foreign
