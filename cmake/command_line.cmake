# The executable `downhill`. Its files other than main.cpp are objects that the tests link too.
file(GLOB_RECURSE cli_sources CONFIGURE_DEPENDS downhill/cli/*.cpp)
set(cli_main ${PROJECT_SOURCE_DIR}/downhill/cli/main.cpp)
list(REMOVE_ITEM cli_sources ${cli_main})

add_library(downhill_cli_needs INTERFACE)
target_link_libraries(downhill_cli_needs INTERFACE downhill downhill_options CLI11::CLI11 fmt::fmt
                                                   nlohmann_json::nlohmann_json Threads::Threads
                                                   downhill_httplib)
add_library(downhill_cli INTERFACE)
target_link_libraries(downhill_cli INTERFACE downhill_cli_needs)
if(cli_sources)
  add_library(downhill_cli_objects OBJECT ${cli_sources})
  target_link_libraries(downhill_cli_objects PRIVATE downhill_cli_needs)
  target_compile_options(downhill_cli_objects PRIVATE ${DOWNHILL_SMALL})
  target_sources(downhill_cli INTERFACE $<TARGET_OBJECTS:downhill_cli_objects>)
endif()
if(EXISTS ${cli_main})
  add_executable(downhill_command ${cli_main})
  set_target_properties(downhill_command PROPERTIES OUTPUT_NAME downhill
                        INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
  target_link_libraries(downhill_command PRIVATE downhill_cli)
endif()
