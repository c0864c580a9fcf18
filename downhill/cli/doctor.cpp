#include "downhill/doctor/doctor.h"

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/terminal.h"
#include "downhill/report/verdict_text.h"
#include "downhill/runlog/writer.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Says what is wrong with a run and what to do next, with the evidence, from its log alone.\n"
    "Any program may write such a log: a start line with a schema, then lines with step and loss:\n"
    "  {\"record\":\"start\",\"schema\":1}\n"
    "  {\"record\":\"step\",\"step\":1,\"loss\":2.31}\n";

}  // namespace

int doctor_command(const Words& words) {
  std::string file;
  bool json = false;
  Arguments arguments("doctor", kSummary, "downhill doctor run/digits/run.jsonl");
  arguments.positional("FILE", file, "a run.jsonl, or a run directory");
  arguments.flag("--json", json, "one JSON object instead of text");
  if (!arguments.parse(words)) return kOk;
  const Verdict verdict = diagnose(read_log(file, arguments.quiet()));
  print(json ? verdict_json(verdict) + "\n" : verdict_text(verdict));
  return kOk;
}

}  // namespace downhill::cli
