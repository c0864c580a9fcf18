# Files named *.level.cpp are compiled once per processor level; the library chooses at start.
# Everything that depends on lanes lives in an inline namespace named after its level, so that the
# two objects do not clash. A further level is one more object library here.

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(DOWNHILL_V3_FLAGS -march=x86-64-v3)
else()
  set(DOWNHILL_V3_FLAGS "")
endif()
