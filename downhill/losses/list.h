#pragma once
#include "downhill/core/method_list.h"
#include "downhill/losses/bce_with_logits.h"
#include "downhill/losses/cross_entropy.h"
#include "downhill/losses/dice.h"
#include "downhill/losses/gaussian_nll.h"
#include "downhill/losses/huber.h"
#include "downhill/losses/mae.h"
#include "downhill/losses/mse.h"
#include "downhill/losses/triplet.h"

namespace downhill {

/// Every loss that ships.
using Losses = MethodList<  //
    MSE,                    //
    MAE,                    //
    Huber,                  //
    BCEWithLogits,          //
    GaussianNLL,            //
    CrossEntropy,           //
    Dice,                   //
    Triplet>;

}  // namespace downhill
