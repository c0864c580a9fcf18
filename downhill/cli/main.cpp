#include "downhill/cli/commands.h"
#include "downhill/core/memory.h"

int main(int count, char** arguments) {
  downhill::keep_large_vectors();
  return downhill::cli::run(count, arguments);
}
