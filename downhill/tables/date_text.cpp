#include "downhill/tables/detail/date_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "downhill/data/detail/csv_number.h"

namespace downhill::detail {
namespace {

constexpr double kDay = 86400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Takes text from the front.
class Front {
 public:
  explicit Front(std::string_view text) : text_(text) {}
  bool empty() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_[0]; }
  bool take(char c) {
    if (peek() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void spaces() {
    while (take(' ')) continue;
  }
  // Digits, at least one and at most `most`.
  bool number(std::size_t most, int& value, std::size_t& width) {
    width = 0;
    value = 0;
    while (width < most && is_digit(peek())) {
      value = value * 10 + (peek() - '0');
      text_.remove_prefix(1);
      ++width;
    }
    return width > 0;
  }
  std::string word() {  // in lower case
    std::string result;
    for (; is_letter(peek()); text_.remove_prefix(1)) result += lower(peek());
    return result;
  }
  double fraction() {  // digits behind a point
    double value = 0, place = 0.1;
    for (; is_digit(peek()); text_.remove_prefix(1), place /= 10) value += place * (peek() - '0');
    return value;
  }

 private:
  std::string_view text_;
};

// The month of a name of at least three letters; 0: none.
int month_of(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  if (word == "sept") return 9;
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (word == kMonths[i] || word == kMonths[i].substr(0, 3)) return static_cast<int>(i) + 1;
  return 0;
}

// Days from 1970-01-01; nothing for a day that does not exist.
std::optional<double> days(int year, int month, int day) {
  using namespace std::chrono;
  if (year < 1 || year > 9999 || month < 1 || day < 1) return std::nullopt;
  const year_month_day date{std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<double>(sys_days(date).time_since_epoch().count());
}

// Three numbers (the month perhaps a name) as they stand.
struct DateParts {
  std::array<int, 3> numbers{};
  std::array<std::size_t, 3> widths{};
  char mark = '\0';  // between them
  int named = -1;    // which of them is the name of a month
  bool two = false;  // a year and a month only
};

bool take_date(Front& text, DateParts& parts) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (is_letter(text.peek())) {
      if (parts.named >= 0 || i == 2) return false;
      parts.named = static_cast<int>(i);
      parts.numbers[i] = month_of(text.word());
      if (parts.numbers[i] == 0) return false;
      text.take('.');
    } else if (!text.number(4, parts.numbers[i], parts.widths[i])) return false;
    if (i == 2) return true;
    const bool named_month = parts.named == 0 && parts.widths[1] == 4;
    if (i == 1 && text.empty() &&
        (named_month || (parts.widths[0] == 4 && parts.widths[1] == 2 && parts.mark == '-'))) {
      parts.two = true;
      return true;
    }
    const char mark = text.peek();
    const bool with_name = parts.named >= 0 || (i == 0 && (mark == ' ' || mark == '.'));
    if (mark != '-' && mark != '/' && mark != '.' && !(mark == ' ' || mark == ',')) return false;
    if ((mark == ' ' || mark == ',') && !with_name) return false;
    text.take(mark);
    if (mark == ' ' || mark == ',' || mark == '.') text.spaces();
    if (i == 1 && parts.named < 0 && mark != parts.mark) return false;
    parts.mark = mark;
  }
  return true;
}

int full_year(int year, std::size_t width) {
  return width == 4 ? year : width == 2 ? year + (year < 69 ? 2000 : 1900) : 0;
}

std::optional<double> days_in(const DateParts& parts, unsigned order) {
  const auto& n = parts.numbers;
  const auto& w = parts.widths;
  const auto small = [&](std::size_t i) { return w[i] <= 2; };
  if (parts.two && parts.named == 0)
    return order == kNamedMonth ? days(n[1], n[0], 1) : std::nullopt;
  if (parts.two) return order == kYearFirst ? days(n[0], n[1], 1) : std::nullopt;
  if (order == kNamedMonth) {
    if (parts.named == 0) return small(1) ? days(full_year(n[2], w[2]), n[0], n[1]) : std::nullopt;
    if (parts.named != 1) return std::nullopt;
    if (w[0] == 4) return small(2) ? days(n[0], n[1], n[2]) : std::nullopt;
    return small(0) ? days(full_year(n[2], w[2]), n[1], n[0]) : std::nullopt;
  }
  if (parts.named >= 0) return std::nullopt;
  if (order == kYearFirst)
    return small(1) && small(2) ? days(full_year(n[0], w[0]), n[1], n[2]) : std::nullopt;
  if (!small(0) || !small(1)) return std::nullopt;
  const int year = full_year(n[2], w[2]);
  return order == kDayFirst ? days(year, n[1], n[0]) : days(year, n[0], n[1]);
}

// HH:MM, HH:MM:SS, HH:MM:SS.f and am or pm, in seconds.
bool take_time(Front& text, double& seconds) {
  int hour = 0, minute = 0, second = 0;
  std::size_t width = 0;
  if (!text.number(2, hour, width) || !text.take(':')) return false;
  if (!text.number(2, minute, width) || width != 2) return false;
  double fraction = 0;
  if (text.take(':')) {
    if (!text.number(2, second, width) || width != 2) return false;
    if (text.take('.') || text.take(',')) fraction = text.fraction();
  }
  const bool spaced = text.peek() == ' ';
  text.spaces();
  const char half = lower(text.peek());
  if (half == 'a' || half == 'p') {
    if (text.word() != (half == 'a' ? "am" : "pm") || hour < 1 || hour > 12) return false;
    hour = hour % 12 + (half == 'p' ? 12 : 0);
  } else if (spaced && text.empty()) return false;
  seconds = hour * 3600.0 + minute * 60.0 + second + fraction;
  return hour <= 23 && minute <= 59 && second <= 59;
}

// Z, UTC, +HH:MM, +HHMM, +HH, in seconds; nothing told: 0.
bool take_offset(Front& text, double& offset) {
  offset = 0;
  if (text.empty()) return true;
  if (is_letter(text.peek())) {
    const std::string zone = text.word();
    return (zone == "z" || zone == "utc" || zone == "gmt") && text.empty();
  }
  const bool negative = text.take('-');
  if (!negative && !text.take('+')) return false;
  int hours = 0, minutes = 0;
  std::size_t width = 0;
  if (!text.number(2, hours, width) || width != 2) return false;
  text.take(':');
  if (!text.empty() && (!text.number(2, minutes, width) || width != 2)) return false;
  offset = (negative ? -1 : 1) * (hours * 3600.0 + minutes * 60.0);
  return text.empty() && hours <= 18 && minutes <= 59;
}

struct Parsed {
  bool has_date = false;
  DateParts date;
  double seconds = 0, offset = 0;
};

// "Mon, 20 Nov 2023"
std::string_view without_weekday(std::string_view cell) {
  constexpr std::array<std::string_view, 7> kDays = {"monday", "tuesday",  "wednesday", "thursday",
                                                     "friday", "saturday", "sunday"};
  Front text(cell);
  const std::string word = text.word();
  const auto names = [&](std::string_view day) { return word == day || word == day.substr(0, 3); };
  if (std::ranges::none_of(kDays, names)) return cell;
  const std::size_t end = cell.find_first_not_of("., ", word.size());
  return cell.substr(std::min(end, cell.size()));
}

std::optional<Parsed> parse(std::string_view cell) {
  cell = trimmed(cell);
  if (cell.size() < 4 || cell.size() > 48 || !(is_digit(cell[0]) || is_letter(cell[0])))
    return std::nullopt;
  Parsed parsed;
  Front text(cell);
  if (take_time(text, parsed.seconds)) return text.empty() ? std::optional(parsed) : std::nullopt;
  text = Front(without_weekday(cell));
  parsed.has_date = true;
  parsed.seconds = 0;
  if (!take_date(text, parsed.date)) return std::nullopt;
  if (text.empty()) return parsed;
  text.take(',');
  const bool spaced = text.peek() == ' ';
  text.spaces();
  if (!spaced && !text.take('T') && !text.take('t')) return std::nullopt;
  if (!take_time(text, parsed.seconds) || !take_offset(text, parsed.offset)) return std::nullopt;
  return parsed;
}

}  // namespace

unsigned date_orders(std::string_view text) {
  const auto parsed = parse(text);
  if (!parsed) return 0;
  if (!parsed->has_date) return kTimeOnly;
  unsigned orders = 0;
  for (const unsigned order : {kYearFirst, kDayFirst, kMonthFirst, kNamedMonth})
    if (days_in(parsed->date, order)) orders |= order;
  const bool points = parsed->date.mark == '.' && parsed->date.named < 0;
  return points && (orders & kDayFirst) != 0 ? unsigned{kDayFirst} : orders;
}

std::pair<int, int> date_ends(std::string_view text) {
  const auto parsed = parse(text);
  if (!parsed) return {};
  return {parsed->date.numbers[0], parsed->date.numbers[2]};
}

bool read_date(std::string_view text, unsigned order, Moment& moment) {
  const auto parsed = parse(text);
  if (!parsed || parsed->has_date == (order == kTimeOnly)) return false;
  double day = 0;
  if (parsed->has_date) {
    const auto found = days_in(parsed->date, order);
    if (!found) return false;
    day = *found;
  }
  moment.local = day * kDay + parsed->seconds;
  moment.utc = moment.local - parsed->offset;
  return true;
}

std::string date_text(double seconds) {
  using namespace std::chrono;
  const double day = std::floor(seconds / kDay);
  const year_month_day date{sys_days(std::chrono::days(static_cast<int>(day)))};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  const auto rest = static_cast<int>(seconds - day * kDay);
  if (rest != 0) text += fmt::format(" {:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
  return text;
}

}  // namespace downhill::detail
