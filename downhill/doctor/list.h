#pragma once
#include "downhill/core/method_list.h"
#include "downhill/doctor/accumulating_gradients.h"
#include "downhill/doctor/class_collapse.h"
#include "downhill/doctor/data_not_shuffled.h"
#include "downhill/doctor/dead_units.h"
#include "downhill/doctor/diverging.h"
#include "downhill/doctor/exploding_gradients.h"
#include "downhill/doctor/frozen_parameters.h"
#include "downhill/doctor/init_loss_off.h"
#include "downhill/doctor/lr_too_large.h"
#include "downhill/doctor/lr_too_small.h"
#include "downhill/doctor/memorised.h"
#include "downhill/doctor/no_better_than_constant.h"
#include "downhill/doctor/noise_floor.h"
#include "downhill/doctor/not_finite.h"
#include "downhill/doctor/overfitting.h"
#include "downhill/doctor/plateau.h"
#include "downhill/doctor/saddle.h"
#include "downhill/doctor/spike.h"
#include "downhill/doctor/swapped_splits.h"
#include "downhill/doctor/underfitting.h"
#include "downhill/doctor/vanishing_gradients.h"

namespace downhill {

/// Every symptom, in the order of precedence: the first that fires is the verdict. What breaks a run
/// stands before what slows it down, and a cause before what it brings about.
using Symptoms = MethodList<         //
    symptom::NotFinite,              //
    symptom::DataNotShuffled,        //
    symptom::AccumulatingGradients,  //
    symptom::Spike,                  //
    symptom::Diverging,              //
    symptom::ExplodingGradients,     //
    symptom::DeadUnits,              //
    symptom::VanishingGradients,     //
    symptom::FrozenParameters,       //
    symptom::InitLossOff,            //
    symptom::SwappedSplits,          //
    symptom::Memorised,              //
    symptom::Overfitting,            //
    symptom::LrTooLarge,             //
    symptom::Saddle,                 //
    symptom::LrTooSmall,             //
    symptom::ClassCollapse,          //
    symptom::NoBetterThanConstant,   //
    symptom::Underfitting,           //
    symptom::NoiseFloor,             //
    symptom::Plateau>;
static_assert([]<class... S>(MethodList<S...>) {
  return (detail::is_symptom<S>() && ...);
}(Symptoms()));

}  // namespace downhill
