// Longer than 300 lines: the tables of damaged files and what is said of each.
#include "downhill/io/safetensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>

#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_files::Directory;
using testing_files::get;
using testing_files::message_of;
using testing_files::put;
using testing_files::refusal;

std::string length_of(std::uint64_t n) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &n, 8);
  return bytes;
}

std::string file_of(const std::string& header, const std::string& data = "") {
  return length_of(header.size()) + header + data;
}

// A header with one tensor "t".
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"t":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}}";
}

SafeTensors loaded(const std::string& bytes) {
  const Directory dir;
  put(dir / "m", bytes);
  return read_safetensors(dir / "m");
}

std::string refused(const std::string& bytes) {
  const Directory dir;
  put(dir / "m", bytes);
  return refusal(dir / "m", FileError::Kind::model, [&] { read_safetensors(dir / "m"); });
}

SafeTensors sample() {
  SafeTensors content;
  content.tensors = {{"0.weight", Tensor({{1, -2.5}, {3, 4}})},
                     {"0.bias", Tensor({0.5, 7})},
                     {"step", Tensor::scalar(12, Type::i64)},
                     {"mask \"\xC3\xA9\n", Tensor::full({3}, 9, Type::u8)},
                     {"mean", Tensor({1e-300, 2}, Type::f64)},
                     {"empty", Tensor::zeros({2, 0})}};
  content.metadata = {{"loss", "huber:delta=1.5"}, {"columns", "a\tb\\ \x01\xE2\x82\xAC"}};
  return content;
}

TEST(SafeTensors, RoundTrips) {
  const Directory dir;
  const SafeTensors content = sample();
  for (const bool checksum : {true, false}) {
    write_safetensors(dir / "m", content, checksum);
    const SafeTensors back = read_safetensors(dir / "m");
    EXPECT_EQ(back.tensors.size(), content.tensors.size());
    for (const auto& [name, tensor] : content.tensors) {
      const Tensor* found = back.find(name);
      ASSERT_NE(found, nullptr) << name;
      EXPECT_EQ(describe(*found), describe(tensor));
      EXPECT_EQ(found->to_vector(), tensor.to_vector());
    }
    EXPECT_EQ(back.metadata.size(), 2u);
    EXPECT_EQ(*back.find_metadata("columns"), content.metadata[1].second);
    EXPECT_EQ(back.find("other"), nullptr);
    EXPECT_EQ(back.find_metadata("other"), nullptr);
  }
}

TEST(SafeTensors, BytesDependOnTheContentAlone) {
  const Directory dir;
  SafeTensors content = sample();
  write_safetensors(dir / "a", content);
  std::reverse(content.tensors.begin(), content.tensors.end());
  std::reverse(content.metadata.begin(), content.metadata.end());
  write_safetensors(dir / "b", content);
  EXPECT_EQ(get(dir / "a"), get(dir / "b"));
  std::uint64_t length = 0;
  std::memcpy(&length, get(dir / "a").data(), 8);
  EXPECT_EQ(length % 8, 0u);
}

TEST(SafeTensors, GoldenBytes) {
  const Directory dir;
  SafeTensors content;
  write_safetensors(dir / "m", content, false);
  EXPECT_EQ(get(dir / "m"), length_of(8) + "{}      ");
  content.tensors = {{"b", Tensor({1})},
                     {"a", Tensor({2})},
                     {"u", Tensor::full({1}, 255, Type::u8)},
                     {"i", Tensor::scalar(-1, Type::i64)}};
  write_safetensors(dir / "m", content, false);
  const std::string header = R"({"i":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
                             R"("a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},)"
                             R"("b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},)"
                             R"("u":{"dtype":"U8","shape":[1],"data_offsets":[16,17]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  EXPECT_EQ(get(dir / "m"),
            file_of(padded, std::string(8, '\xFF') + std::string("\0\0\0\x40\0\0\x80\x3F\xFF", 9)));
  content.tensors.clear();
  write_safetensors(dir / "m", content);
  EXPECT_EQ(get(dir / "m").substr(8, 54), R"({"__metadata__":{"downhill.crc32c":")" +
                                              get(dir / "m").substr(44, 8) + R"(","downhil)");
}

TEST(SafeTensors, ReadsWhatOtherProgramsWrite) {
  const std::string zeros(16, '\0');
  const std::string four = R"({"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}})";
  EXPECT_EQ(four.size(), 60u);
  EXPECT_EQ(describe(loaded(file_of(four, zeros)).tensors[0].second), "(2, 2) int64");
  EXPECT_EQ(
      describe(loaded(file_of(one(R"("I32")", "[]", "[0,4]"), zeros.substr(12))).tensors[0].second),
      "() int64");
  EXPECT_EQ(loaded(file_of(one(R"("F32")", "[2,0]", "[0, 0]"))).tensors[0].second.elements(), 0);
  EXPECT_EQ(loaded(file_of("{}")).tensors.size(), 0u);
  EXPECT_EQ(loaded(file_of(R"({"__metadata__":{}})")).metadata.size(), 0u);
  EXPECT_EQ(loaded(file_of(" \n\t{ } \r\n")).tensors.size(), 0u) << "spaces are allowed";
  const SafeTensors torch = loaded(file_of(
      R"({"__metadata__":{"format":"pt"},"w\u00e9\ud83d\ude00":{"shape":[2],"data_offsets":[0,8],"dtype":"F32"}})",
      zeros.substr(8)));
  EXPECT_EQ(*torch.find_metadata("format"), "pt");
  EXPECT_NE(torch.find("w\xC3\xA9\xF0\x9F\x98\x80"), nullptr);
  const std::string bf16("\x80\x3F\xC0\xFF", 4), f16("\x00\x3C\x00\xFC", 4);
  EXPECT_EQ(loaded(file_of(one(R"("BF16")", "[2]", "[0,4]"), bf16)).tensors[0].second.at(0), 1);
  EXPECT_TRUE(
      std::isnan(loaded(file_of(one(R"("BF16")", "[2]", "[0,4]"), bf16)).tensors[0].second.at(1)));
  EXPECT_EQ(loaded(file_of(one(R"("F16")", "[2]", "[0,4]"), f16)).tensors[0].second.to_vector(),
            (std::vector<double>{1, -HUGE_VAL}));
  EXPECT_EQ(loaded(file_of(one(R"("BOOL")", "[2]", "[0,2]"), "\1\1")).tensors[0].second.type(),
            Type::u8);
  const SafeTensors shared = loaded(file_of(
      R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})",
      "x"));
  EXPECT_EQ(shared.tensors[0].first, "a") << "an empty tensor may begin where another does";
}

struct Bad {
  std::string bytes, message;
};

void expect_refused(const std::vector<Bad>& cases) {
  for (const Bad& bad : cases)
    EXPECT_EQ(refused(bad.bytes).find(bad.message), 0u) << refused(bad.bytes) << "\n"
                                                        << bad.message;
}

TEST(SafeTensors, RefusesBadLengths) {
  const std::string brace(60, '{');
  expect_refused(
      {{"", "@0: header length: the file has 0 bytes; expected at least 8"},
       {"1234567", "@0: header length: the file has 7 bytes"},
       {length_of(0), "@8: header: the end is here; "},
       {length_of(7) + "{}", "@0: header length: is 7, but 2 bytes follow; the file was cut"},
       {length_of(1000) + R"({"t":1})", "@0: header length: is 1000, but 7 bytes follow"},
       {length_of(1) + "\xFF", "@8: header: is not UTF-8"},
       {length_of(1) + "{", "@9: header: the end is here; expected string literal"},
       {length_of(16777216) + "{}", "@0: header length: is 16777216, but 2 bytes follow"},
       {length_of(16777217) + "{}", "@0: header length: is 16777217; expected at most 16777216"},
       {length_of(100000001) + "{}", "@0: header length: is 100000001; expected at most"},
       {length_of(0xFFFFFF000000003C) + brace, "@0: header length: is 18446742974197923900;"},
       {length_of(std::uint64_t{1} << 63) + "{}", "@0: header length: is 9223372036854775808;"},
       {length_of(~std::uint64_t{0}) + "{}", "@0: header length: is 18446744073709551615;"},
       {"PK\3\4............................", "@0: header length: is "},
       {std::string("\x93NUMPY\1\0v\0{", 11), "@0: header length: is "}});
}

TEST(SafeTensors, RefusesBadJson) {
  expect_refused(
      {{file_of("[]"), "@8: header: '[]' is here; expected a JSON object"},
       {file_of("{}x"), "@10: header: 'x' is here; invalid literal"},
       {file_of("{}{}"), "@10: header: '{}' is here; expected end of input"},
       {file_of("{,}"), "@9: header: ',}' is here"},
       {file_of("{\"a\"}"), "@12: header: '}' is here; expected ':'"},
       {file_of("{'a':1}"), "@9: header: ''a':1}' is here"},
       {file_of("{\"a\":1}"), "@13: tensor 'a': '1}' is here; expected an object"},
       {file_of("{\"a\":null}"), "@13: tensor 'a': 'null}' is here"},
       {file_of("{\"a\":[]}"), "@13: tensor 'a': '[]}' is here"},
       {file_of("{\"a\":{}}"), "@9: tensor 'a': dtype is missing"},
       {file_of("{\"a\":{}"), "@15: header: the end is here; expected '}'"},
       {file_of("{\"a"), "@9: header: '\"a' is here; invalid string: missing closing quote"},
       {file_of("{\"a\n\":1}"), "@11: header: '\\x0a\":1}' is here; invalid string: control"},
       {file_of(std::string("{\"a\0\":1}", 8)),
        "@11: header: '\\x00\":1}' is here; invalid string: control"},
       {file_of("{\"a\\u0000\":1}"), "@9: header: holds a NUL character"},
       {file_of("{\"\\ud800\":1}"), "@16: header: '\":1}' is here; invalid string: surrogate"},
       {file_of("{\"\\ud800\\u0041\":1}"), "@21: header: '1\":1}' is here; invalid string: surr"},
       {file_of("{\"\\udc00\":1}"), "@15: header: '0\":1}' is here; invalid string: surrogate"},
       {file_of("{\"\\u12g4\":1}"), "@14: header: 'g4\":1}' is here; invalid string: '\\u' must"},
       {file_of("{\"\\x41\":1}"), "@11: header: 'x41\":1}' is here; invalid string: forbidden"},
       {file_of("{\"\\"), "@9: header: '\"\\' is here; invalid string: "},
       {file_of("{\"a\xC3\":1}"), "@11: header: is not UTF-8"},
       {file_of("{\"\xED\xA0\x80\":1}"), "@10: header: is not UTF-8"},
       {file_of("\xEF\xBB\xBF{}"), "@8: header: begins with a byte order mark"},
       {file_of(std::string(1000000, '[')), "@16: header: nested deeper than 8"},
       {file_of("{\"a\":" + std::string(1000000, '{')), "@14: header: '{{{{"},
       {file_of(R"({"__metadata__":null})"), "@24: __metadata__: 'null}' is here"},
       {file_of(R"({"__metadata__":{"a":1}})"), "@29: __metadata__: 'a': '1}}' is here"},
       {file_of(R"({"__metadata__":{"a":{}}})"), "@29: __metadata__: 'a': '{}}}' is here"},
       {file_of(R"({"__metadata__":{"a":"1","a":"2"}})"),
        "@33: header: the name 'a' stands there twice, first at byte 25"},
       {file_of(R"({"__metadata__":{},"__metadata__":{}})"),
        "@27: header: the name '__metadata__' stands there twice"}});
}

TEST(SafeTensors, RefusesBadEntries) {
  const std::string f32 = R"("F32")", eight(8, 'd');
  expect_refused(
      {{file_of(one("1", "[2]", "[0,8]"), eight), "@22: tensor 't': dtype: '1,\"shape\":[2],"},
       {file_of(one("null", "[2]", "[0,8]"), eight), "@22: tensor 't': dtype: 'null,"},
       {file_of(one(R"("f32")", "[2]", "[0,8]"), eight), "@9: tensor 't': dtype 'f32' is not"},
       {file_of(one(R"("F8_E4M3")", "[8]", "[0,8]"), eight), "@9: tensor 't': dtype 'F8_E4M3'"},
       {file_of(one(R"("F4")", "[16]", "[0,8]"), eight), "@9: tensor 't': dtype 'F4' is not"},
       {file_of(one(R"("C64")", "[1]", "[0,8]"), eight), "@9: tensor 't': dtype 'C64' is not"},
       {file_of(one(R"("U64")", "[1]", "[0,8]"), eight), "@9: tensor 't': dtype 'U64' is not"},
       {file_of(one(f32, "2", "[0,8]"), eight), "@36: tensor 't': shape: '2,"},
       {file_of(one(f32, "[2.0]", "[0,8]"), eight), "@37: tensor 't': shape: '2.0]"},
       {file_of(one(f32, "[2e0]", "[0,8]"), eight), "@37: tensor 't': shape: '2e0]"},
       {file_of(one(f32, "[-0]", "[0,8]"), eight), "@37: tensor 't': shape: '-0]"},
       {file_of(one(f32, "[-2]", "[0,8]"), eight), "@37: tensor 't': shape: '-2]"},
       {file_of(one(f32, "[02]", "[0,8]"), eight), "@38: header: '2],"},
       {file_of(one(f32, "[2,]", "[0,8]"), eight), "@39: header: '],"},
       {file_of(one(f32, "[[2]]", "[0,8]"), eight), "@37: tensor 't': shape: '[2]]"},
       {file_of(one(f32, "[\"2\"]", "[0,8]"), eight), "@37: tensor 't': shape: '\"2\"]"},
       {file_of(one(f32, "[18446744073709551616]", "[0,8]"), eight),
        "@37: tensor 't': shape: is not below 2^64"},
       {file_of(one(f32, "[2,18446744073709551614]", "[0,8]"), eight),
        "@9: tensor 't': shape: has too many elements"},
       {file_of(one(f32, "[4194305,4194305,211106198978564]", "[0,8]"), eight),
        "@9: tensor 't': shape: has too many elements"},
       {file_of(one(f32, "[0,9223372036854775808]", "[0,0]")),
        "@9: tensor 't': shape: has too many elements"},
       {file_of(one(f32, "[1,1,1,1,1,1,1,1,2]", "[0,8]"), eight),
        "@9: tensor 't': shape: has 9 axes; expected at most 8"},
       {file_of(one(f32, "[" + std::string(200, '1') + "]", "[0,8]"), eight),
        "@37: tensor 't': shape: is not below 2^64"},
       {file_of(one(f32, "[2]", "[0]"), eight), "@55: tensor 't': data_offsets: '[0]}}' is here"},
       {file_of(one(f32, "[2]", "[0,8,8]"), eight),
        "@55: tensor 't': data_offsets: '[0,8,8]}}' is"},
       {file_of(one(f32, "[2]", "[-8,0]"), eight), "@56: tensor 't': data_offsets: '-8,0]}}' is"},
       {file_of(one(f32, "[2]", "[8,0]"), eight), "@9: tensor 't': data_offsets: are [8, 0]"},
       {file_of(one(f32, "[2]", "[1,9]"), eight), "@9: tensor 't': data_offsets: are [1, 9]"},
       {file_of(one(f32, "[2]", "[0,4]"), eight),
        "@9: tensor 't': data_offsets: hold 4 bytes; expected 8 for shape (2) of F32"},
       {file_of(one(f32, "[2]", "[18446744073709551600,18446744073709551608]"), eight),
        "@9: tensor 't': data_offsets: are [18446744073709551600"},
       {file_of(one(f32, "[2]", "[0,8]"), eight + "x"),
        "@62: data: 9 bytes; expected 8; something was appended to the file"},
       {file_of(one(f32, "[2]", "[0,8]"), eight.substr(1)),
        "@62: data: 7 bytes; expected 8; the file was cut"},
       {file_of(one(f32, "[1000000000000]", "[0,4000000000000]"), eight),
        "@86: data: 8 bytes; exp"},
       {file_of(R"({"t":{"dtype":"U8","dtype":"F32","shape":[0],"data_offsets":[0,0]}})"),
        "@27: header: the name 'dtype' stands there twice"},
       {file_of(R"({"t":{"dtype":"U8","shape":[0]}})"), "@9: tensor 't': data_offsets is missing"},
       {file_of(R"({"t":{"dtype":"U8","stride":[0]}})"), "@27: tensor 't': unknown key 'stride'"}});
}

std::string many(int count, const std::string& offsets, bool same_name) {
  std::string header = "{";
  for (int i = 0; i < count; ++i)
    header += (i > 0 ? ",\"t" : "\"t") + (same_name ? "" : std::to_string(i)) +
              R"(":{"dtype":"I32","shape":[2,2],"data_offsets":)" + offsets + "}";
  return header + "}";
}

TEST(SafeTensors, RefusesOverlapsHolesAndDuplicates) {
  const std::string sixteen(16, 'd');
  expect_refused(
      {{file_of(many(10, "[0,16]", false), sixteen), "@66: tensor 't1': data_offsets: are [0, 16]"},
       {file_of(many(100000, "[0,16]", false), sixteen), "@66: tensor 't1': data_offsets: are"},
       {file_of(many(2, "[0,16]", true), sixteen),
        "@65: header: the name 't' stands there twice, first at byte 9"},
       {file_of(many(100000, "[0,16]", true), sixteen), "@65: header: the name 't' stands there"},
       {file_of(R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                R"("\u0074":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                "xx"),
        "@61: header: the name 't' stands there twice"},
       {file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                R"("b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
                "x.x"),
        "@61: tensor 'b': data_offsets: are [2, 3]; expected to begin at 1"},
       {file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                R"("b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
                "xxx"),
        "@61: tensor 'b': data_offsets: are [1, 3]; expected to begin at 2"}});
}

TEST(SafeTensors, ManyEntriesTakeLinearTime) {
  std::string header = "{";
  for (int i = 0; i < 100000; ++i)
    header += (i > 0 ? ",\"n" : "\"n") + std::to_string(i) +
              R"(":{"dtype":"U8","shape":[1],"data_offsets":[)" + std::to_string(i) + "," +
              std::to_string(i + 1) + "]}";
  const std::string bytes = file_of(header + "}", std::string(100000, 'x'));
  const std::clock_t begin = std::clock();  // of this process: others may be busy
  EXPECT_EQ(loaded(bytes).tensors.size(), 100000u);
  EXPECT_LT(std::clock() - begin, 5 * CLOCKS_PER_SEC);
}

TEST(SafeTensors, RefusesToWriteWhatCannotBeRead) {
  const Directory dir;
  const auto refused_to_write = [&](const SafeTensors& content, bool checksum = true) {
    return message_of<UsageError>([&] { write_safetensors(dir / "m", content, checksum); });
  };
  const Tensor x = Tensor::zeros({1});
  EXPECT_NE(refused_to_write({{{"a", x}, {"a", x}}, {}}).find("two tensors are called 'a'"),
            std::string::npos);
  EXPECT_NE(refused_to_write({{{"a", Tensor()}}, {}}).find("undefined"), std::string::npos);
  EXPECT_NE(refused_to_write({{{"\xFF", x}}, {}}).find("not UTF-8"), std::string::npos);
  EXPECT_NE(refused_to_write({{{"__metadata__", x}}, {}}).find("keeps that name"),
            std::string::npos);
  EXPECT_NE(refused_to_write({{}, {{"a", "1"}, {"a", "2"}}}).find("twice"), std::string::npos);
  EXPECT_NE(refused_to_write({{}, {{"downhill.crc32c", "1"}}}).find("written by this call"),
            std::string::npos);
  EXPECT_NE(refused_to_write({{}, {{"downhill.x", "1"}}}, false).find("reserved"),
            std::string::npos);
  EXPECT_NE(refused_to_write({{}, {{"a", std::string(17 << 20, 'x')}}}).find("at most 16777216"),
            std::string::npos);
  EXPECT_EQ(dir.entries(), 0u);
}

TEST(SafeTensors, EveryTruncationAndEveryFlippedBitIsFound) {
  const Directory dir;
  const auto path = dir / "m";
  SafeTensors content = sample();
  content.metadata.emplace_back("downhill.model", "mlp");
  write_safetensors(path, content);
  const std::string good = get(path);
  const auto found = [&](const std::string& bytes) {
    put(path, bytes);
    return !refusal(path, FileError::Kind::model, [&] { read_safetensors(path); }).empty();
  };
  EXPECT_FALSE(found(good));
  for (std::size_t length = 0; length < good.size(); ++length)
    ASSERT_TRUE(found(good.substr(0, length))) << length;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    ASSERT_TRUE(found(bytes)) << bit / 8 << " bit " << bit % 8;
  }
  EXPECT_TRUE(found(good + '\0'));
  EXPECT_TRUE(found(good + good));
  std::string swapped = good;
  std::swap(swapped[good.size() - 1], swapped[good.size() - 5]);
  EXPECT_EQ(found(swapped), swapped != good);
}

TEST(SafeTensors, ADamagedChecksumIsNamed) {
  const Directory dir;
  write_safetensors(dir / "m", sample());
  std::string bytes = get(dir / "m");
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  EXPECT_NE(refused(bytes).find(": downhill.crc32c: is "), std::string::npos) << refused(bytes);
  expect_refused(
      {{file_of(R"({"__metadata__":{"downhill.crc32c":"1234567"}})"),
        "@43: downhill.crc32c: is '1234567'; expected eight digits"},
       {file_of(R"({"__metadata__":{"downhill.crc32c":"1234567A"}})"), "@43: downhill.crc32c: is"},
       {file_of(R"({"__metadata__":{"downhill.crc32c":"\u0031234567a"}})"), "@43: downhill.crc32c"},
       {file_of(R"({"__metadata__":{"downhill.format":"1"}})"),
        "@8: __metadata__: downhill.crc32c is missing"}});
}

}  // namespace
}  // namespace downhill
