# What `cmake --install` puts where, and the package for find_package(downhill).
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/downhill)

install(TARGETS downhill EXPORT downhill_targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET downhill_command)
  install(TARGETS downhill_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(EXPORT downhill_targets NAMESPACE downhill:: DESTINATION ${package_dir})

configure_package_config_file(cmake/downhill-config.cmake.in
                              ${PROJECT_BINARY_DIR}/package/downhill-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/downhill-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/downhill-config.cmake
              ${PROJECT_BINARY_DIR}/package/downhill-config-version.cmake
              cmake/formula_level.cmake
        DESTINATION ${package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
