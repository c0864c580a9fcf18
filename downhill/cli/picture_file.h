#pragma once
#include <filesystem>
#include <string>

namespace downhill::cli {

/// Whether a picture can be written under such a name: F.svg and names without an ending as SVG,
/// F.png through rsvg-convert (Debian: librsvg2-bin). UsageError for another ending, or where that
/// program is not found.
void check_picture_name(const std::string& option, const std::string& path);

/// Writes a picture as its name asks for; PNG with two pixels for each of the SVG's. FileError.
void write_picture(const std::filesystem::path& path, const std::string& svg);

}  // namespace downhill::cli
