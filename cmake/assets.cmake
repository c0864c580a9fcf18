# The report's script and style, and uPlot's, as a source of the library: one page needs no network.
set(report ${PROJECT_SOURCE_DIR}/downhill/report)
set(asset_parts report_js=${report}/assets/report.js report_css=${report}/assets/report.css
                landscape_js=${report}/assets/landscape.js
                uplot_js=${report}/vendor/uplot/uPlot.iife.min.js
                uplot_css=${report}/vendor/uplot/uPlot.min.css)
list(TRANSFORM asset_parts REPLACE "^[a-z_]+=" "" OUTPUT_VARIABLE asset_files)
list(JOIN asset_parts "|" asset_words)
set(asset_source ${PROJECT_BINARY_DIR}/assets.cpp)
add_custom_command(
  OUTPUT ${asset_source}
  COMMAND ${CMAKE_COMMAND} -DOUT=${asset_source} -DHEADER=downhill/report/detail/assets.h
          -DNAMESPACE=downhill::report_assets "-DPARTS=${asset_words}"
          -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${asset_files} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  VERBATIM)
list(APPEND sources ${asset_source})
