# What every target of the project is compiled with.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Kind of build" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})

find_program(DOWNHILL_CCACHE ccache)
if(DOWNHILL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DOWNHILL_CCACHE})
endif()

# The arithmetic that is promised: no fused multiply-add behind the author's back, no errno from
# mathematics, and neither -march=native nor -ffast-math.
set(DOWNHILL_ARITHMETIC -fno-math-errno -ffp-contract=off)

add_library(downhill_options INTERFACE)
target_compile_options(downhill_options INTERFACE ${DOWNHILL_ARITHMETIC})
if(DOWNHILL_DEVELOPER)
  target_compile_options(downhill_options INTERFACE
                         -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    # The file that chooses between levels reopens both namespaces by name; one of them is inline.
    target_compile_options(downhill_options INTERFACE -Wno-inline-namespace-reopened-noninline)
  endif()
endif()
# For what waits for files and people: half of the size, a fifth less to compile.
set(DOWNHILL_SMALL $<$<CONFIG:Release>:-Os>)
if(DOWNHILL_SANITIZE)
  set(DOWNHILL_SMALL "")
  set(sanitizers -fsanitize=${DOWNHILL_SANITIZE} -fno-sanitize-recover=all
                 -fno-omit-frame-pointer)
  # Passes over lanes are inlined whole; a scope of each of their many variables takes gcc minutes.
  list(APPEND sanitizers -fno-sanitize-address-use-after-scope)
  target_compile_options(downhill_options INTERFACE ${sanitizers})
  target_link_options(downhill_options INTERFACE ${sanitizers})
endif()
