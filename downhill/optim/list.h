#pragma once
#include "downhill/core/method_list.h"
#include "downhill/optim/adam.h"
#include "downhill/optim/adamw.h"
#include "downhill/optim/lbfgs.h"
#include "downhill/optim/newton_cg.h"
#include "downhill/optim/sgd.h"

namespace downhill {

/// Every optimizer that ships.
using Optimizers = MethodList<  //
    SGD,                        //
    Adam,                       //
    AdamW,                      //
    Lbfgs,                      //
    NewtonCg>;

}  // namespace downhill
