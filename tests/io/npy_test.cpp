#include "downhill/io/npy.h"

#include <cmath>
#include <cstring>

#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_files::Directory;
using testing_files::get;
using testing_files::put;
using testing_files::refusal;

// The bytes of a version 1 file with that header, padded as the format wants.
std::string npy(std::string header, const std::string& data, char version = 1) {
  const std::size_t fixed = version == 1 ? 10 : 12;
  header.append(64 - (fixed + header.size() + 1) % 64, ' ');
  header += '\n';
  std::string bytes = std::string("\x93NUMPY") + version + '\0';
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  if (version > 1) bytes += std::string(2, '\0');
  return bytes + header + data;
}

std::string fields(const std::string& descr, const std::string& order, const std::string& shape) {
  return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

std::string refused(const std::string& bytes) {
  const Directory dir;
  put(dir / "a.npy", bytes);
  return refusal(dir / "a.npy", FileError::Kind::data, [&] { read_npy(dir / "a.npy"); });
}

Tensor loaded(const std::string& bytes) {
  const Directory dir;
  put(dir / "a.npy", bytes);
  return read_npy(dir / "a.npy");
}

TEST(Npy, WritesWhatNumpyWrites) {
  const Directory dir;
  write_npy(dir / "a.npy", Tensor({{1, 2, 3}, {4, 5, 6}}));
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  std::string expected = std::string("\x93NUMPY\x01\0\x76\0", 10) + header;
  expected += std::string(128 - 10 - header.size() - 1, ' ') + '\n';
  EXPECT_EQ(get(dir / "a.npy").substr(0, 128), expected);
  EXPECT_EQ(get(dir / "a.npy").size(), 128u + 24);
  EXPECT_EQ(get(dir / "a.npy").substr(128, 8), std::string("\0\0\x80\x3F\0\0\0\x40", 8));
  write_npy(dir / "s.npy", Tensor::scalar(3, Type::f64));
  EXPECT_EQ(get(dir / "s.npy").substr(10, 55),
            "{'descr': '<f8', 'fortran_order': False, 'shape': (), }");
  EXPECT_EQ(get(dir / "s.npy").size(), 128u + 8);
  write_npy(dir / "l.npy", Tensor::arange(3, Type::i64));
  EXPECT_EQ(get(dir / "l.npy").substr(10, 57),
            "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }");
  write_npy(dir / "b.npy", Tensor::zeros({0, 3}, Type::u8));
  EXPECT_EQ(get(dir / "b.npy").substr(10, 59),
            "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 3), }");
}

TEST(Npy, RoundTrips) {
  const Directory dir;
  for (const Type type : {Type::f32, Type::f64, Type::i64, Type::u8})
    for (const Shape& shape : {Shape{}, Shape{0}, Shape{1}, Shape{7}, Shape{2, 0, 3}, Shape{3, 5},
                               Shape{1, 2, 1, 2, 1, 2, 1, 2}, Shape{70000}}) {
      Tensor tensor = Tensor::empty(shape, type);
      for (std::size_t i = 0; i < tensor.bytes(); ++i)
        static_cast<unsigned char*>(tensor.raw())[i] = static_cast<unsigned char>(i * 37 + 11);
      write_npy(dir / "a.npy", tensor);
      const Tensor back = read_npy(dir / "a.npy");
      ASSERT_EQ(back.shape(), shape);
      ASSERT_EQ(back.type(), type);
      ASSERT_TRUE(tensor.bytes() == 0 ||
                  std::memcmp(back.raw(), tensor.raw(), tensor.bytes()) == 0);
    }
}

TEST(Npy, ReadsOtherTypesOrdersAndVersions) {
  const std::string halves("\x00\x3C\x00\xC1\x01\x00\x00\x7C\xFF\x7B\x00\x80", 12);
  EXPECT_EQ(loaded(npy(fields("'<f2'", "False", "(6,)"), halves)).to_vector(),
            (std::vector<double>{1, -2.5, 0x1p-24, HUGE_VAL, 65504, -0.0}));
  const std::string ints("\xFF\xFF\xFF\xFF\x02\0\0\0", 8);
  EXPECT_EQ(loaded(npy(fields("'<i4'", "False", "(2,)"), ints)).to_vector(),
            (std::vector<double>{-1, 2}));
  EXPECT_EQ(loaded(npy(fields("'<i4'", "False", "(2,)"), ints)).type(), Type::i64);
  EXPECT_EQ(loaded(npy(fields("'<u4'", "False", "(2,)"), ints)).to_vector()[0], 4294967295.0);
  EXPECT_EQ(loaded(npy(fields("'<i2'", "False", "(4,)"), ints)).to_vector()[0], -1.0);
  EXPECT_EQ(loaded(npy(fields("'<u2'", "False", "(4,)"), ints)).to_vector()[0], 65535.0);
  EXPECT_EQ(loaded(npy(fields("'|i1'", "False", "(8,)"), ints)).to_vector()[0], -1.0);
  EXPECT_EQ(loaded(npy(fields("'>u1'", "False", "(8,)"), ints)).to_vector()[0], 255.0);
  const Tensor flags = loaded(npy(fields("'|b1'", "False", "(2,)"), std::string("\1\0", 2)));
  EXPECT_EQ(flags.type(), Type::u8);
  const Tensor turned =
      loaded(npy(fields("'|u1'", "True", "(2, 3)"), std::string("\1\2\3\4\5\6", 6)));
  EXPECT_EQ(turned.to_vector(), (std::vector<double>{1, 3, 5, 2, 4, 6}));
  EXPECT_EQ(loaded(npy(fields("'|u1'", "True", "(1, 0)"), "")).elements(), 0);
  for (const char version : {'\1', '\2', '\3'})
    EXPECT_EQ(loaded(npy(fields("'|u1'", "False", "(2,)"), "ab", version)).elements(), 2);
  EXPECT_EQ(loaded(npy("{\"shape\":(2 , 1,),'descr':\"|u1\",'fortran_order':False}", "ab")).rank(),
            2)
      << "any order, quotes and spaces";
}

struct Bad {
  std::string bytes, message;
};

TEST(Npy, RefusesBadPreambles) {
  const std::string magic = "\x93NUMPY";
  const std::vector<Bad> cases = {
      {"", "@0: magic: the file begins with ''; expected '\\x93NUMPY'"},
      {"\x93NUM", "@0: magic: the file begins with '\\x93NUM'"},
      {"PK\x03\x04..............", "@0: magic: the file begins with 'PK\\x03\\x04..'"},
      {"1,2,3\n4,5,6\n7,8,9\n", "@0: magic: the file begins with '1,2,3\\x0a'"},
      {magic, "@6: version: the file has 6 bytes; expected at least 10"},
      {magic + std::string("\1\0v", 3), "@9: version: the file has 9 bytes"},
      {magic + std::string("\0\0v\0{}", 6), "@6: version: is 0.0; expected 1.0, 2.0 or 3.0"},
      {magic + std::string("\4\0v\0{}", 6), "@6: version: is 4.0"},
      {magic + std::string("\xFF\0v\0{}", 6), "@6: version: is 255.0"},
      {magic + std::string("\1\1v\0{}", 6), "@6: version: is 1.1"},
      {magic + std::string("\2\0v\0", 4), "@10: header length: the file ends here"},
      {magic + std::string("\1\0\xFF\xFF{}", 6),
       "@8: header length: is 65535, but 2 bytes follow; the file was cut"},
      {magic + std::string("\2\0\xF0\xFF\xFF\xFF", 6),
       "@8: header length: is 4294967280; expected at most 65535"},
      {magic + std::string("\1\0\0\0", 4), "@10: header: the end is here; expected a dictionary"}};
  for (const Bad& bad : cases)
    EXPECT_EQ(refused(bad.bytes).find(bad.message), 0u) << refused(bad.bytes) << "\n"
                                                        << bad.message;
}

TEST(Npy, RefusesBadHeaders) {
  const std::string f4 = "'<f4'", no = "False", two = "(2,)", eight(8, '\0');
  const std::vector<Bad> cases = {
      {npy("[]", eight), "@10: header: '[]"},
      {npy("{'descr': '<f4'}", eight), "@26: header: the key 'fortran_order' is missing"},
      {npy("{'descr': '<f4', 'fortran_order': False}", eight), "@50: header: the key 'shape' is"},
      {npy("{'shape': (2,), 'fortran_order': False}", eight), "@49: header: the key 'descr' is"},
      {npy("{'descr': '<f4', 'descr': '<f4'}", eight),
       "@27: header: the key 'descr' stands there twice"},
      {npy("{'descr': '<f4', 'order': True}", eight), "@27: header: unknown key 'order'"},
      {npy(fields(f4, no, two) + " import os", eight), "@68: header: 'import os"},
      {npy("{'descr' '<f4'}", eight), "@19: header: ''<f4'}"},
      {npy("{descr: '<f4'}", eight), "@11: header: 'descr: '<f4'}"},
      {npy("{'descr': '<f4' 'shape': (2,)}", eight), "@26: header: ''shape': (2,)}"},
      {npy("{'descr': '<f4", eight), "@20: descr: the text does not end"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)", eight),
       "@128: header: the end is here; expected ',' or '}' after a value"},
      {npy(fields("'>f4'", no, two), eight),
       "@20: descr: is '>f4', big-endian; expected little-endian '<f4'; save array.astype('<f4')"},
      {npy(fields("'|O'", no, two), eight), "@20: descr: is '|O', pickled Python objects"},
      {npy(fields("'|S3'", no, two), eight), "@20: descr: is '|S3', which is not supported"},
      {npy(fields("'<U3'", no, two), eight), "@20: descr: is '<U3', which is not supported"},
      {npy(fields("'<c8'", no, two), eight), "@20: descr: is '<c8', which is not supported"},
      {npy(fields("'<f16'", no, two), eight), "@20: descr: is '<f16', which is not supported"},
      {npy(fields("'<M8[ns]'", no, two), eight), "@20: descr: is '<M8[ns]', which is not"},
      {npy(fields("'f4'", no, two), eight), "@20: descr: is 'f4', which is not supported"},
      {npy(fields("''", no, two), eight), "@20: descr: is '', which is not supported"},
      {npy(fields("'|f4'", no, two), eight), "@20: descr: is '|f4', without a byte order"},
      {npy(fields("'!f4'", no, two), eight), "@20: descr: is '!f4'; expected a byte order"},
      {npy(fields("'\\x3cf4'", no, two), eight), "@20: descr: '\\x3cf4' holds a backslash"},
      {npy(fields("[('a', '<f4')]", no, two), eight), "@20: descr: a structured array"},
      {npy(fields("4", no, two), eight),
       "@20: descr: '4, 'fortran_order': ...' is here; expected a text"},
      {npy(fields(f4, "0", two), eight), "@44: fortran_order: '0, "},
      {npy(fields(f4, "false", two), eight), "@44: fortran_order: 'false, "},
      {npy(fields(f4, no, "2"), eight), "@60: shape: '2, }"},
      {npy(fields(f4, no, "[2]"), eight), "@60: shape: '[2], }"},
      {npy(fields(f4, no, "(2)"), eight), "@60: shape: is a number in brackets; expected a tuple"},
      {npy(fields(f4, no, "(2,-1)"), eight), "@63: shape: '-1), }"},
      {npy(fields(f4, no, "(2.0,)"), eight), "@62: shape: '.0,), }"},
      {npy(fields(f4, no, "(0x2,)"), eight), "@62: shape: 'x2,), }"},
      {npy(fields(f4, no, "(1_0,)"), eight), "@62: shape: '_0,), }"},
      {npy(fields(f4, no, "(02,)"), eight), "@61: shape: a size begins with 0"},
      {npy(fields(f4, no, "(2L,)"), eight), "@62: shape: 'L,), }"},
      {npy(fields(f4, no, "(np.int64(2),)"), eight), "@61: shape: 'np.int64(2),), }"},
      {npy(fields(f4, no, "(2,,)"), eight), "@63: shape: ',), }"},
      {npy(fields(f4, no, "(,)"), eight), "@61: shape: ',), }"},
      {npy(fields(f4, no, "(2,"), eight), "@63: shape: ', }"},
      {npy(fields(f4, no, "(9223372036854775808,)"), eight), "@61: shape: a size is too large"},
      {npy(fields(f4, no, "(4194305, 4194305, 211106198978564)"), eight),
       "@60: shape: '(4194305, 4194305, 211106198978564)' has too many elements"},
      {npy(fields(f4, no, "(4611686018427387904, 4)"), eight), "@60: shape: "},
      {npy(fields(f4, no, "(1,1,1,1,1,1,1,1,1)"), eight), "@77: shape: more than 8 axes"},
      {npy(fields(f4, no, "(1000000000,)"), eight),
       "@128: data: 8 bytes; expected 4000000000 for shape (1000000000); the file was cut"},
      {npy(fields(f4, no, two), eight.substr(1)), "@128: data: 7 bytes; expected 8 for shape (2)"},
      {npy(fields(f4, no, two), eight + "x"),
       "@128: data: 9 bytes; expected 8 for shape (2); something was appended to the file"},
      {npy(fields(f4, no, std::string(50000, '(')), eight),
       "@61: shape: '((((((((((((((((((((...'"},
      {npy(std::string(60000, '{'), eight), "@11: header: '{{{{"}};
  for (const Bad& bad : cases)
    EXPECT_EQ(refused(bad.bytes).find(bad.message), 0u) << refused(bad.bytes) << "\n"
                                                        << bad.message;
}

TEST(Npy, EveryTruncationIsRefusedAndNoFlippedBitCrashes) {
  const Directory dir;
  const std::string good = npy(fields("'<f4'", "False", "(2, 3)"), std::string(24, 'd'));
  const auto path = dir / "a.npy";
  for (std::size_t length = 0; length < good.size(); ++length) {
    put(path, good.substr(0, length));
    EXPECT_NE(refusal(path, FileError::Kind::data, [&] { read_npy(path); }), "") << length;
  }
  int refused_count = 0;
  for (std::size_t bit = 0; bit < 128 * 8; ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    put(path, bytes);
    refused_count += !refusal(path, FileError::Kind::data, [&] { read_npy(path); }).empty();
  }
  EXPECT_GT(refused_count, 900);
}

}  // namespace
}  // namespace downhill
