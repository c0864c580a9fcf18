# The flags for formulas that users write. A user's own loss is compiled with the user's flags, so
# the package hands the right one to the user's target:
#   DOWNHILL_FORMULA_LEVEL = auto      v3 if this machine has all of it, else baseline (default)
#                            v3        -march=x86-64-v3: fast formulas, runs on machines since 2013
#                            baseline  no flag: runs on every x86-64, formulas about half as fast
# This file is used by the build of Downhill itself and installed as part of its package.

set(DOWNHILL_FORMULA_LEVEL auto CACHE STRING "Processor level of users' formulas: auto, v3, baseline")
set_property(CACHE DOWNHILL_FORMULA_LEVEL PROPERTY STRINGS auto v3 baseline)

# Puts the flags into the variable `result`.
function(downhill_formula_flags result)
  set(level ${DOWNHILL_FORMULA_LEVEL})
  if(NOT level MATCHES "^(auto|v3|baseline)$")
    message(FATAL_ERROR "DOWNHILL_FORMULA_LEVEL is '${level}'; known: auto, v3, baseline")
  endif()
  if(level STREQUAL "auto")
    set(level baseline)
    if(NOT CMAKE_CROSSCOMPILING AND EXISTS /proc/cpuinfo)
      file(STRINGS /proc/cpuinfo processor REGEX "^flags" LIMIT_COUNT 1)
      set(level v3)
      foreach(feature avx2 fma bmi1 bmi2 f16c movbe)
        if(NOT "${processor} " MATCHES " ${feature} ")
          set(level baseline)
        endif()
      endforeach()
    endif()
  endif()
  set(flags "")
  if(level STREQUAL "v3")
    set(flags -march=x86-64-v3)
  endif()
  set(${result} ${flags} PARENT_SCOPE)
endfunction()
