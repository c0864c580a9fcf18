#include "downhill/cli/commands.h"

int main(int count, char** arguments) { return downhill::cli::run(count, arguments); }
