#include <malloc.h>

#include "downhill/cli/commands.h"

int main(int count, char** arguments) {
  // The instruments' vectors are megabytes long. By default the C library gives such memory back at
  // every release and gets it anew page by page: a quarter of the time of `curvature`.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  return downhill::cli::run(count, arguments);
}
