#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "downhill/io/json_fields.h"
#include "downhill/io/json_reader.h"
#include "downhill/io/json_writer.h"

namespace downhill {
namespace {

/// "byte: message" of what must be refused.
std::string refused(std::string_view text, const JsonLimits& limits = {}, std::size_t first = 0) {
  try {
    JsonDocument::parse(text, limits, first);
  } catch (const JsonError& error) {
    return std::to_string(error.byte()) + ": " + error.what();
  }
  ADD_FAILURE() << text << " was read";
  return "";
}

TEST(Json, EveryKindIsReadWithItsPlace) {
  const std::string text =
      R"( {"a" : [1, -2, 2.5, true, false, null], "b\n\u00e9\"": "x\\\"y" , "c":{"d":{}}, "e":[]} )";
  const JsonDocument document = JsonDocument::parse(text, {}, 100);
  const JsonView root = document.root();
  EXPECT_EQ(root.byte(), 101U);
  EXPECT_EQ(root.size(), 4U);
  std::vector<JsonView> items;
  root.find("a")->items([&](JsonView item) { items.push_back(item); });
  ASSERT_EQ(items.size(), 6U);
  EXPECT_EQ(items[0].kind(), JsonKind::whole);
  EXPECT_EQ(items[0].whole(), 1U);
  EXPECT_EQ(items[1].kind(), JsonKind::negative);
  EXPECT_EQ(items[1].number(), -2.0);
  EXPECT_EQ(items[2].kind(), JsonKind::real);
  EXPECT_EQ(items[2].number(), 2.5);
  EXPECT_TRUE(items[3].truth());
  EXPECT_FALSE(items[4].truth());
  EXPECT_EQ(items[5].kind_name(), "null");
  for (const auto& item : items)
    EXPECT_NE(std::string("1-2tfn").find(text[item.byte() - 100]), std::string::npos);
  EXPECT_EQ(text[items[5].byte() - 100], 'n');
  std::vector<std::string> keys;
  root.members([&](JsonView key, JsonView value) {
    keys.emplace_back(key.text());
    EXPECT_EQ(text[key.byte() - 100], '"');
    EXPECT_NE(std::string("[\"{").find(text[value.byte() - 100]), std::string::npos);
  });
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "b\n\xC3\xA9\"", "c", "e"}));
  EXPECT_EQ(root.find("b\n\xC3\xA9\"")->text(), "x\\\"y");
  EXPECT_EQ(root.find("c")->find("d")->size(), 0U);
  EXPECT_EQ(root.find("e")->size(), 0U);
  EXPECT_FALSE(root.find("d").has_value());
}

TEST(Json, NumbersAreRoundedToNearest) {
  const auto number = [](const char* text) { return JsonDocument::parse(text).root().number(); };
  EXPECT_EQ(number("18446744073709551615"), 0x1p64);
  EXPECT_EQ(number("18446744073709551616"), 0x1p64);
  EXPECT_EQ(number("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(number("0.1"), 0.1);
  EXPECT_EQ(number("5e-324"), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(number("1e-400"), 0.0);
  EXPECT_TRUE(std::signbit(number("-0")));
}

TEST(Json, WhatIsNoJsonIsNamedWithItsPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "0: the end is here; "},
      {"{", "1: the end is here; expected string literal"},
      {"{,}", "1: ',}' is here; "},
      {"{\"a\"}", "4: '}' is here; expected ':'"},
      {"{\"a\":}", "5: '}' is here; "},
      {"{'a':1}", "1: ''a':1}' is here; invalid literal"},
      {"[1,,2]", "3: ',2]' is here; "},
      {"[1,]", "3: ']' is here; "},
      {"[1 2]", "3: '2]' is here; expected ']'"},
      {"[1", "2: the end is here; expected ']'"},
      {"[01]", "2: '1]' is here; expected ']'"},
      {"[1.5.3]", "4: '.3]' is here; "},
      {"[-0e1-2]", "5: '-2]' is here; expected ']'"},
      {"{}x", "2: 'x' is here; invalid literal"},
      {"{}{}", "2: '{}' is here; expected end of input"},
      {"nan", "0: 'nan' is here; invalid literal"},
      {"+1", "0: '+1' is here; invalid literal"},
      {"[1e999]", "1: a number beyond 1.8e308"},
      {"[\"ab", "1: '\"ab' is here; invalid string: missing closing quote"},
      {"[\"a\nb\"]", "3: '\\x0ab\"]' is here; invalid string: control character U+000A (LF) must"},
      {"[\"\\ud800\"]", "8: '\"]' is here; invalid string: surrogate"},
      {"[\"\\x\"]", "3: 'x\"]' is here; invalid string: forbidden character after backslash"},
      {"[\"\xC3\"]", "2: is not UTF-8"},
      {"\xEF\xBB\xBF{}", "0: begins with a byte order mark"},
      {"{\"a\":1,\"b\":2,\"\\u0061\":3}", "13: the name 'a' stands there twice, first at byte 1"},
      {"[[{\"a\":{\"b\":1,\"b\":2}}]]", "14: the name 'b' stands there twice, first at byte 8"}};
  for (const auto& [text, message] : cases) {
    const std::string said = refused(text);
    EXPECT_EQ(said.find(message), 0U) << text << "\n" << said;
    EXPECT_EQ(said.find("json.exception"), std::string::npos);
    EXPECT_EQ(said.find("last read"), std::string::npos) << said;
  }
  EXPECT_EQ(refused("[1", {}, 8).find("10: the end"), 0U);
}

TEST(Json, LimitsHold) {
  EXPECT_EQ(refused("[[[1]]]", {.depth = 2}), "2: nested deeper than 2");
  EXPECT_EQ(refused(std::string(1 << 20, '[')), "8: nested deeper than 8");
  EXPECT_EQ(refused("{\"a\":1,\"b\":2,\"c\":3}", {.keys = 2}),
            "13: more than 2 keys in one object");
  EXPECT_EQ(refused("12345", {.bytes = 4}), "0: has 5 bytes; at most 4 are read");
  EXPECT_NO_THROW(JsonDocument::parse("[[1],{\"a\":{}}]", {.depth = 3, .keys = 1}));
}

void copy(JsonWriter& to, JsonView from) {
  if (from.is(JsonKind::null)) return to.null();
  if (from.is(JsonKind::boolean)) return to.value(from.truth());
  if (from.is(JsonKind::whole)) return to.value(from.whole());
  if (from.is_number()) return to.value(from.number());
  if (from.is(JsonKind::text)) return to.value(from.text());
  if (from.is(JsonKind::list)) {
    to.begin_list();
    from.items([&](JsonView item) { copy(to, item); });
    return to.end_list();
  }
  to.begin_object();
  from.members([&](JsonView key, JsonView value) {
    to.key(key.text());
    copy(to, value);
  });
  to.end_object();
}

TEST(Json, AgreesWithAPeerOnDamagedTexts) {
  const std::string good =
      R"({"record":"step","n":[1,2.5e-3,-7,true,null,"\u00e9\\\"\n"],"o":{"x":{"y":[]},"z":0}})";
  std::mt19937 random(7);
  int taken = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = good;
    for (int k = static_cast<int>(random() % 3); k >= 0; --k) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0) text.erase(at, 1 + random() % 3);
      else text[at] = "{}[],:\"\\0129e.- ntfx\x01\xC3"[random() % 23];
      if (text.empty()) text = " ";
    }
    std::string ours = "refused";
    try {
      const JsonDocument document = JsonDocument::parse(text);
      JsonWriter json;
      copy(json, document.root());
      ours = json.take();
      ++taken;
    } catch (const JsonError& error) {
      EXPECT_LE(error.byte(), text.size());
      if (std::string(error.what()).find("twice") != std::string::npos) continue;
    }
    const auto peers = nlohmann::json::parse(text, nullptr, false);
    ASSERT_EQ(ours == "refused", peers.is_discarded()) << text;
    if (ours != "refused") {
      ASSERT_EQ(nlohmann::json::parse(ours), peers) << text;
    }
  }
  EXPECT_GT(taken, 500);
}

TEST(Json, WritesInOrderAndExactly) {
  JsonWriter json;
  json.begin_object();
  json.member("a", 0.1);
  json.member("b", std::vector<std::int64_t>{1, -2});
  json.member("c", std::vector<std::pair<std::string, double>>{{"x", 1e300}, {"y", 5e-324}});
  json.member("d", std::optional<double>());
  json.member("e", true);
  json.member("f", "text");
  json.key("g");
  json.begin_list();
  json.value(~std::uint64_t{0});
  json.begin_object();
  json.end_object();
  json.null();
  json.rounded(1.0 / 3, 4);
  json.rounded(HUGE_VAL, 4);
  json.end_list();
  json.member("h", std::vector<double>{std::nan(""), HUGE_VAL, -HUGE_VAL, -0.0, 3});
  json.end_object();
  EXPECT_EQ(json.take(),
            R"({"a":0.1,"b":[1,-2],"c":{"x":1e+300,"y":5e-324},"d":null,"e":true,"f":"text",)"
            R"("g":[18446744073709551615,{},null,0.3333,null],"h":["nan","inf","-inf",-0,3]})");
}

TEST(Json, NumbersReadBackBitForBit) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    JsonWriter json;
    json.value(value);
    const std::string text = json.take();
    ASSERT_LE(text.size(), 24U);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(JsonDocument::parse(text).root().number()),
              std::bit_cast<std::uint64_t>(value))
        << text;
  }
}

TEST(Json, TextIsEscapedForItsUse) {
  const auto written = [](std::string_view text, JsonWriter::For use = JsonWriter::For::json) {
    JsonWriter json(use);
    json.value(text);
    return json.take();
  };
  EXPECT_EQ(written("a\"\\\b\f\n\r\t\x01/\x7f\xC3\xA9"),
            "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001/\x7f\xC3\xA9\"");
  EXPECT_EQ(written(std::string_view("\0", 1)), "\"\\u0000\"");
  EXPECT_EQ(written("x\xff\xC3y\xED\xA0\x80"),
            "\"x\xEF\xBF\xBD\xEF\xBF\xBDy\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(written("</script>&\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA", JsonWriter::For::script),
            "\"\\u003c/script\\u003e\\u0026\\u2028\\u2029\xE2\x80\xAA\"");
  EXPECT_EQ(written("</a>&"), "\"</a>&\"");
}

struct Point {
  double x = 0;
  std::optional<std::int64_t> n = {};
  std::vector<std::string> names = {};
};
void visit_fields(auto& v, auto& p) requires
    std::same_as<std::remove_const_t<std::remove_reference_t<decltype(p)>>, Point> {
  v.needed("x", p.x);
  v.optional("n", p.n);
  v.optional("names", p.names);
}

TEST(Json, RecordsAreFilledByName) {
  const auto filled = [](const char* text) {
    const JsonDocument document = JsonDocument::parse(text);
    JsonFields fields(document.root(), "the point");
    Point point;
    visit_fields(fields, point);
    fields.finish();
    JsonWriter json;
    json.value(point);
    return json.take();
  };
  EXPECT_EQ(filled(R"({"names":["a","b"],"x":"-inf","n":3})"),
            R"({"x":"-inf","n":3,"names":["a","b"]})");
  EXPECT_EQ(filled(R"({"x":1})"), R"({"x":1,"names":[]})");
  const std::pair<const char*, const char*> cases[] = {
      {"[1]", "0: 'the point' is a list; an object was expected"},
      {R"({"n":1})", "0: the point has no field 'x'"},
      {R"({"x":1,"nams":1})", "7: the point has an unknown field 'nams'; did you mean 'names'?"},
      {R"({"x":1,"n":-1})", "11: 'n' is a number; a whole number from 0 to 2^53 was expected"},
      {R"({"x":null})", "5: 'x' is null; a number, or"},
      {R"({"x":1,"names":["a",2]})", "20: 'names' is a number; text was expected"}};
  for (const auto& [text, message] : cases) {
    try {
      filled(text);
      ADD_FAILURE() << text;
    } catch (const JsonError& error) {
      EXPECT_EQ((std::to_string(error.byte()) + ": " + error.what()).find(message), 0U)
          << error.byte() << ": " << error.what();
    }
  }
}

}  // namespace
}  // namespace downhill
