#pragma once
#include "downhill/core/method_list.h"
#include "downhill/losses/arcface.h"
#include "downhill/losses/asymmetric.h"
#include "downhill/losses/asymmetric_focal.h"
#include "downhill/losses/barlow_twins.h"
#include "downhill/losses/barron.h"
#include "downhill/losses/bce.h"
#include "downhill/losses/bce_with_logits.h"
#include "downhill/losses/beta_nll.h"
#include "downhill/losses/bi_tempered.h"
#include "downhill/losses/cauchy.h"
#include "downhill/losses/ciou.h"
#include "downhill/losses/circle.h"
#include "downhill/losses/contrastive.h"
#include "downhill/losses/corn.h"
#include "downhill/losses/cosface.h"
#include "downhill/losses/cosine_embedding.h"
#include "downhill/losses/cosine_similarity.h"
#include "downhill/losses/cox_ph.h"
#include "downhill/losses/crammer_singer.h"
#include "downhill/losses/cross_entropy.h"
#include "downhill/losses/crps_normal.h"
#include "downhill/losses/crps_quantiles.h"
#include "downhill/losses/ctc.h"
#include "downhill/losses/dice.h"
#include "downhill/losses/dice_cross_entropy.h"
#include "downhill/losses/dice_focal.h"
#include "downhill/losses/diou.h"
#include "downhill/losses/earth_mover.h"
#include "downhill/losses/epsilon_insensitive.h"
#include "downhill/losses/expectile.h"
#include "downhill/losses/fair.h"
#include "downhill/losses/focal.h"
#include "downhill/losses/focal_cross_entropy.h"
#include "downhill/losses/focal_tversky.h"
#include "downhill/losses/gamma_nll.h"
#include "downhill/losses/gaussian_nll.h"
#include "downhill/losses/geman_mcclure.h"
#include "downhill/losses/generalized_cross_entropy.h"
#include "downhill/losses/generalized_dice.h"
#include "downhill/losses/giou.h"
#include "downhill/losses/hinge.h"
#include "downhill/losses/hinge_embedding.h"
#include "downhill/losses/huber.h"
#include "downhill/losses/info_nce.h"
#include "downhill/losses/iou.h"
#include "downhill/losses/jaccard.h"
#include "downhill/losses/js_div.h"
#include "downhill/losses/kl_div.h"
#include "downhill/losses/lambda_rank.h"
#include "downhill/losses/laplace_nll.h"
#include "downhill/losses/ldam.h"
#include "downhill/losses/linex.h"
#include "downhill/losses/list_mle.h"
#include "downhill/losses/listnet.h"
#include "downhill/losses/log_cosh.h"
#include "downhill/losses/log_normal_nll.h"
#include "downhill/losses/logit_adjusted.h"
#include "downhill/losses/lovasz.h"
#include "downhill/losses/lp.h"
#include "downhill/losses/mae.h"
#include "downhill/losses/mape.h"
#include "downhill/losses/margin_ranking.h"
#include "downhill/losses/mse.h"
#include "downhill/losses/msle.h"
#include "downhill/losses/multi_margin.h"
#include "downhill/losses/multi_similarity.h"
#include "downhill/losses/multilabel_margin.h"
#include "downhill/losses/multilabel_soft_margin.h"
#include "downhill/losses/negative_binomial_nll.h"
#include "downhill/losses/nll.h"
#include "downhill/losses/nt_xent.h"
#include "downhill/losses/ordinal_logit.h"
#include "downhill/losses/perceptron.h"
#include "downhill/losses/poisson_nll.h"
#include "downhill/losses/poly1.h"
#include "downhill/losses/pseudo_huber.h"
#include "downhill/losses/quantile.h"
#include "downhill/losses/ranknet.h"
#include "downhill/losses/smape.h"
#include "downhill/losses/smooth_l1.h"
#include "downhill/losses/soft_margin.h"
#include "downhill/losses/sparsemax.h"
#include "downhill/losses/squared_hinge.h"
#include "downhill/losses/student_t_nll.h"
#include "downhill/losses/sup_con.h"
#include "downhill/losses/symmetric_cross_entropy.h"
#include "downhill/losses/triplet.h"
#include "downhill/losses/tukey.h"
#include "downhill/losses/tversky.h"
#include "downhill/losses/tweedie.h"
#include "downhill/losses/vicreg.h"
#include "downhill/losses/weibull_nll.h"
#include "downhill/losses/welsch.h"
#include "downhill/losses/zero_inflated_poisson.h"

namespace downhill {

/// Every loss that ships.
// clang-format off
using Losses = MethodList<
    MSE,
    MAE,
    Huber,
    SmoothL1,
    Quantile,
    LogCosh,
    PseudoHuber,
    Lp,
    Expectile,
    EpsilonInsensitive,
    Linex,
    MAPE,
    SMAPE,
    MSLE,
    Cauchy,
    Tukey,
    Welsch,
    GemanMcClure,
    Fair,
    Barron,
    Asymmetric,
    MarginRanking,
    BCE,
    BCEWithLogits,
    Focal,
    AsymmetricFocal,
    Hinge,
    SquaredHinge,
    Perceptron,
    SoftMargin,
    HingeEmbedding,
    MultilabelSoftMargin,
    GaussianNLL,
    PoissonNLL,
    LaplaceNLL,
    StudentTNLL,
    GammaNLL,
    LogNormalNLL,
    BetaNLL,
    NegativeBinomialNLL,
    ZeroInflatedPoisson,
    Tweedie,
    WeibullNLL,
    CRPSNormal,
    GIoU,
    CIoU,
    IoU,
    DIoU,
    CrossEntropy,
    Poly1,
    LogitAdjusted,
    NLL,
    KLDiv,
    JSDiv,
    FocalCrossEntropy,
    GeneralizedCrossEntropy,
    SymmetricCrossEntropy,
    MultiMargin,
    MultilabelMargin,
    CrammerSinger,
    Sparsemax,
    LDAM,
    EarthMover,
    CTC,
    Dice,
    GeneralizedDice,
    Lovasz,
    ListNet,
    ListMLE,
    RankNet,
    LambdaRank,
    CoxPH,
    Jaccard,
    Tversky,
    FocalTversky,
    Triplet,
    SupCon,
    Contrastive,
    CosineSimilarity,
    CosineEmbedding,
    InfoNCE,
    NTXent,
    CRPSQuantiles,
    BiTempered,
    OrdinalLogit,
    Corn,
    DiceCrossEntropy,
    DiceFocal,
    ArcFace,
    CosFace,
    Circle,
    MultiSimilarity,
    BarlowTwins,
    VICReg>;
// clang-format on
static_assert(Losses::built_in());

}  // namespace downhill
