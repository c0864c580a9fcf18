# The hot loops are written over SIMD lanes by hand; what -O3 adds to -O2 is mostly size.
set(CMAKE_CXX_FLAGS_RELEASE_INIT "-O2 -DNDEBUG")
