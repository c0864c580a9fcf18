# The libraries we stand on; docs/dependencies.md says what each is for and what it costs.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)

# OpenBLAS holds BLAS and LAPACK; its own cblas.h is wanted, not that of another BLAS.
find_path(DOWNHILL_OPENBLAS_INCLUDE openblas_config.h
          PATH_SUFFIXES openblas-pthread openblas-openmp openblas-serial openblas)
find_library(DOWNHILL_OPENBLAS_LIBRARY openblas)
if(NOT DOWNHILL_OPENBLAS_INCLUDE OR NOT DOWNHILL_OPENBLAS_LIBRARY)
  message(FATAL_ERROR "OpenBLAS was not found (Debian: libopenblas-dev)")
endif()
add_library(downhill_openblas INTERFACE)
target_include_directories(downhill_openblas SYSTEM INTERFACE ${DOWNHILL_OPENBLAS_INCLUDE})
target_link_libraries(downhill_openblas INTERFACE ${DOWNHILL_OPENBLAS_LIBRARY})

# xsimd is headers only. Its CMake target would link xtl, which neither it nor we need.
find_path(DOWNHILL_XSIMD_INCLUDE xsimd/xsimd.hpp)
if(NOT DOWNHILL_XSIMD_INCLUDE)
  message(FATAL_ERROR "xsimd was not found (Debian: libxsimd-dev)")
endif()

# cpp-httplib, for the live view of the command-line tool.
find_path(DOWNHILL_HTTPLIB_INCLUDE httplib.h)
find_library(DOWNHILL_HTTPLIB_LIBRARY cpp-httplib)
if(NOT DOWNHILL_HTTPLIB_INCLUDE OR NOT DOWNHILL_HTTPLIB_LIBRARY)
  message(FATAL_ERROR "cpp-httplib was not found (Debian: libcpp-httplib-dev)")
endif()
add_library(downhill_httplib INTERFACE)
target_include_directories(downhill_httplib SYSTEM INTERFACE ${DOWNHILL_HTTPLIB_INCLUDE})
target_link_libraries(downhill_httplib INTERFACE ${DOWNHILL_HTTPLIB_LIBRARY})
# As Debian compiled it (its .pc file): the layout of its classes depends on them.
target_compile_definitions(downhill_httplib INTERFACE
  CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)
