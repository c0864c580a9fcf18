#pragma once
#include "downhill/core/method_list.h"
#include "downhill/doctor/diverging.h"
#include "downhill/doctor/healthy.h"
#include "downhill/doctor/minimum.h"
#include "downhill/doctor/overfitting.h"
#include "downhill/doctor/plateau.h"
#include "downhill/doctor/saddle.h"
#include "downhill/doctor/underfitting.h"

namespace downhill {

/// Every symptom, in the order of precedence: the first that fires is the verdict.
using Symptoms = MethodList<  //
    symptom::Diverging,       //
    symptom::Overfitting,     //
    symptom::Underfitting,    //
    symptom::Saddle,          //
    symptom::Minimum,         //
    symptom::Plateau,         //
    symptom::Healthy>;

}  // namespace downhill
