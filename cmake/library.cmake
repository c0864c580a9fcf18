# libdownhill.so: everything under downhill/ except the command line.

set(levelled ${sources})
list(FILTER levelled INCLUDE REGEX "\\.level\\.cpp$")
list(FILTER sources EXCLUDE REGEX "\\.level\\.cpp$")

# Headers as users see them: included from the root, `#include <downhill/downhill.h>`.
add_library(downhill_private INTERFACE)
target_include_directories(downhill_private INTERFACE ${PROJECT_SOURCE_DIR})
target_include_directories(downhill_private SYSTEM INTERFACE ${DOWNHILL_XSIMD_INCLUDE}
                                                            ${DOWNHILL_OPENBLAS_INCLUDE})
target_compile_options(downhill_private INTERFACE -fvisibility-inlines-hidden
                                                  -fno-semantic-interposition -fopenmp-simd)
target_link_libraries(downhill_private INTERFACE
  downhill_options Threads::Threads ${CMAKE_DL_LIBS} fmt::fmt nlohmann_json::nlohmann_json)
if(NOT DOWNHILL_V3_FLAGS)
  target_compile_definitions(downhill_private INTERFACE DOWNHILL_NO_V3)
endif()

set(unhurried ${sources})
list(FILTER unhurried INCLUDE REGEX "/downhill/(catalog|doctor|report|runlog|train)/")
set_source_files_properties(${unhurried} PROPERTIES COMPILE_OPTIONS "${DOWNHILL_SMALL}")

set(level_objects "")
if(levelled)
  if(DOWNHILL_SANITIZE MATCHES undefined)
    # Inlined whole, a pass has thousands of such checks: gcc takes minutes for a file.
    set_source_files_properties(${levelled} PROPERTIES COMPILE_OPTIONS -fno-sanitize=undefined)
  endif()
  # The baseline objects come first: where both levels define the same inline function (of the
  # standard library, say) the linker keeps the first, which runs everywhere.
  add_library(downhill_level_base OBJECT ${levelled})
  set(level_targets downhill_level_base)
  if(DOWNHILL_V3_FLAGS)
    add_library(downhill_level_v3 OBJECT ${levelled})
    target_compile_options(downhill_level_v3 PRIVATE ${DOWNHILL_V3_FLAGS})
    list(APPEND level_targets downhill_level_v3)
  endif()
  foreach(target IN LISTS level_targets)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(${target} PRIVATE downhill_private)
    list(APPEND level_objects $<TARGET_OBJECTS:${target}>)
  endforeach()
endif()

add_library(downhill SHARED ${sources} ${level_objects})
add_library(downhill::downhill ALIAS downhill)
set_target_properties(downhill PROPERTIES VERSION ${PROJECT_VERSION}
                      SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_sources(downhill PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${headers})
target_compile_features(downhill PUBLIC cxx_std_20)
target_compile_options(downhill INTERFACE ${DOWNHILL_ARITHMETIC})
target_include_directories(downhill SYSTEM PUBLIC $<BUILD_INTERFACE:${DOWNHILL_XSIMD_INCLUDE}>)
target_link_libraries(downhill PRIVATE $<BUILD_INTERFACE:downhill_private>)
# Our threads sleep in the library's code: it stays in the process once it is loaded.
target_link_options(downhill PRIVATE -Wl,-z,nodelete)
if(NOT DOWNHILL_SANITIZE)
  # Calls inside the library go straight to their target, not through the table of symbols.
  target_link_options(downhill PRIVATE -Wl,--no-undefined -Wl,-Bsymbolic-functions)
endif()
