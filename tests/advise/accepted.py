"""Which losses are right for data of a known family: what `downhill advise` is held against.

A data set counts as named if one of these losses is among the first two proposals; of `plain_classes`
the first proposal must be. These names were written before the rules of `advise`.
"""

ACCEPTED = {
    # Numbers whose noise has this density, with the same spread in every row.
    "gaussian": {"mse", "gaussian_nll"},
    "laplace": {"mae", "laplace_nll"},
    "student": {"student_t_nll", "cauchy"},
    # Normal noise, of which a few rows are far off: any loss that bounds their pull.
    "outliers": {"huber", "pseudo_huber", "smooth_l1", "fair", "cauchy", "tukey", "welsch",
                 "geman_mcclure", "barron", "student_t_nll"},
    # Normal noise whose spread depends on the inputs.
    "spread": {"gaussian_nll", "crps_normal"},
    # Positive numbers.
    "gamma": {"gamma_nll"},
    "log_normal": {"log_normal_nll", "msle"},
    # Zeros and positive numbers.
    "tweedie": {"tweedie"},
    # Counts.
    "poisson": {"poisson_nll"},
    "overdispersed": {"negative_binomial_nll"},
    "zero_inflated": {"zero_inflated_poisson"},
    # A price for too low and too high is told.
    "asymmetric_cost": {"quantile", "asymmetric"},
    # Two classes, one rare, no price told.
    "imbalanced": {"logit_adjusted", "focal", "focal_cross_entropy", "asymmetric_focal", "ldam"},
    # Two classes and the price of a missed one: true probabilities and a threshold.
    "cost_of_classes": {"cross_entropy", "bce_with_logits"},
    # Classes in an order, as words or as whole numbers.
    "ordinal": {"ordinal_logit", "corn"},
    # Labels of which a share is wrong.
    "label_noise": {"generalized_cross_entropy", "symmetric_cross_entropy", "bi_tempered"},
    # Nothing of all that.
    "plain_classes": {"cross_entropy"},
}

FIRST_ONLY = {"plain_classes", "cost_of_classes"}


def is_named(family, proposals):
    """Whether what `downhill advise --json` proposes has an accepted loss where it must stand."""
    places = 1 if family in FIRST_ONLY else 2
    named = [each["loss"].split(":")[0] for each in proposals[:places]]
    if not ACCEPTED[family] & set(named):
        return False
    if family == "cost_of_classes":
        return "--cost-missed" in proposals[0]["command"]
    return True
