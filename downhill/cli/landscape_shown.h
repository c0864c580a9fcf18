#pragma once
#include "downhill/report/landscape_page.h"
#include "downhill/train/landscape_run.h"

namespace downhill::cli {

/// A plane's figures as pictures and pages want them.
LandscapeShown landscape_shown(const RunLandscape& landscape);

}  // namespace downhill::cli
