# Writes files into a C++ source, as functions that return them:
#   cmake -DOUT=assets.cpp -DHEADER=path/to.h -DNAMESPACE=a::b "-DPARTS=name=file+file|..."
#         -P embed.cmake
# HEADER declares `std::string_view name();` for each part: its files, one after the other.
set(text "// Made by cmake/embed.cmake.\n#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n")
string(REPLACE "|" ";" parts "${PARTS}")
foreach(part IN LISTS parts)
  string(REGEX MATCH "^([a-z_]+)=(.+)$" found "${part}")
  set(name ${CMAKE_MATCH_1})
  string(REPLACE "+" ";" files "${CMAKE_MATCH_2}")
  set(bytes "")
  foreach(file IN LISTS files)
    file(READ ${file} more HEX)  # any text: no literal's limit, no delimiter in the way
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," more "${more}")
    string(APPEND bytes "${more}")
  endforeach()
  string(APPEND text "static constexpr unsigned char ${name}_bytes[] = {${bytes}};\n"
                     "std::string_view ${name}() {\n"
                     "  return {reinterpret_cast<const char*>(${name}_bytes), sizeof ${name}_bytes};\n"
                     "}\n")
endforeach()
file(WRITE ${OUT} "${text}}  // namespace ${NAMESPACE}\n")
