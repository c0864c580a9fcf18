#pragma once
#include "downhill/core/method_list.h"
#include "downhill/losses/asymmetric.h"
#include "downhill/losses/bce.h"
#include "downhill/losses/bce_with_logits.h"
#include "downhill/losses/ciou.h"
#include "downhill/losses/cross_entropy.h"
#include "downhill/losses/dice.h"
#include "downhill/losses/focal.h"
#include "downhill/losses/gaussian_nll.h"
#include "downhill/losses/generalized_dice.h"
#include "downhill/losses/giou.h"
#include "downhill/losses/huber.h"
#include "downhill/losses/logit_adjusted.h"
#include "downhill/losses/mae.h"
#include "downhill/losses/mse.h"
#include "downhill/losses/poisson_nll.h"
#include "downhill/losses/poly1.h"
#include "downhill/losses/quantile.h"
#include "downhill/losses/smooth_l1.h"
#include "downhill/losses/sup_con.h"
#include "downhill/losses/triplet.h"

namespace downhill {

/// Every loss that ships.
// clang-format off
using Losses = MethodList<
    MSE,
    MAE,
    Huber,
    SmoothL1,
    Quantile,
    Asymmetric,
    BCE,
    BCEWithLogits,
    Focal,
    GaussianNLL,
    PoissonNLL,
    GIoU,
    CIoU,
    CrossEntropy,
    Poly1,
    LogitAdjusted,
    Dice,
    GeneralizedDice,
    Triplet,
    SupCon>;
// clang-format on

}  // namespace downhill
