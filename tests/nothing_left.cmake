# Fails if FOLDER holds anything, and clears it.
file(GLOB left RELATIVE ${FOLDER} ${FOLDER}/* ${FOLDER}/.*)
list(REMOVE_ITEM left . ..)
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
if(left)
  message(FATAL_ERROR "the tests left behind in ${FOLDER}: ${left}")
endif()
