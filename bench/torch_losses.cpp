// The losses that libtorch has, and those that peers have as a composition of its operations, with
// our defaults. One row each; a loss that no peer has stands in no row.
#include <torch/torch.h>

#include <cmath>
#include <map>

#include "bench/torch_side.h"

namespace bench::torch_side {
namespace {

using torch::Tensor;
using Tensors = std::vector<Tensor>;
using Formula = std::function<Tensor(const Tensors& p, const Tensors& y)>;
namespace F = torch::nn::functional;

struct Entry {
  bool built_in;
  Formula loss;
};

Entry built_in(Formula f) { return {true, std::move(f)}; }
Entry composed(Formula f) { return {false, std::move(f)}; }
/// Of r = prediction - target.
template <class G>
Entry of_error(G g) {
  return composed([g](const Tensors& p, const Tensors& y) { return g(p[0] - y[0]).mean(); });
}
/// Of the logarithms of the probabilities, at each row's label.
template <class G>
Entry of_label(G g) {
  return composed([g](const Tensors& p, const Tensors& y) {
    return g(p[0].log_softmax(1).gather(1, y[0].unsqueeze(1)).squeeze(1)).mean();
  });
}

/// Widths, heights and areas of two rows of boxes, as torchvision composes them.
struct Boxes {
  Tensor both, either, around, reach, turn;
  Boxes(const Tensor& p, const Tensor& y) {
    const auto a = p.unbind(1), b = y.unbind(1);
    const Tensor w = (torch::min(a[2], b[2]) - torch::max(a[0], b[0])).clamp_min(0),
                 h = (torch::min(a[3], b[3]) - torch::max(a[1], b[1])).clamp_min(0);
    both = w * h;
    either = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both;
    const Tensor wide = torch::max(a[2], b[2]) - torch::min(a[0], b[0]),
                 high = torch::max(a[3], b[3]) - torch::min(a[1], b[1]);
    around = wide * high;
    const Tensor dx = (a[0] + a[2] - b[0] - b[2]) / 2, dy = (a[1] + a[3] - b[1] - b[3]) / 2;
    reach = (dx * dx + dy * dy) / (wide * wide + high * high + 1e-7);
    turn = 4 / (M_PI * M_PI) *
           (torch::atan((b[2] - b[0]) / (b[3] - b[1])) - torch::atan((a[2] - a[0]) / (a[3] - a[1])))
               .square();
  }
  Tensor overlap() const { return both / (either + 1e-7); }
};

Tensor focal(const Tensor& x, const Tensor& y) {
  const Tensor p = x.sigmoid(), ce = torch::binary_cross_entropy_with_logits(x, y, {}, {}, 0);
  return ((0.25 * y + 0.75 * (1 - y)) * (p * (1 - y) + (1 - p) * y).square() * ce).mean();
}
/// Labels of a class axis 1 as shares of the prediction's shape.
Tensor shares(const Tensor& p, const Tensor& y) {
  if (y.scalar_type() != torch::kInt64) return y;
  return torch::one_hot(y, p.size(1)).transpose(1, -1).to(torch::kFloat32);
}
/// The sum of each region: of an image and class where there are both, else of all.
Tensor total(const Tensor& x) { return x.dim() == 3 && x.size(1) < 16 ? x.sum(2) : x.sum(); }
Tensor dice(const Tensor& p, const Tensor& target) {
  const Tensor y = shares(p, target);
  return (1 - (2 * total(p * y) + 1) / (total(p) + total(y) + 1)).mean();
}
Tensor tversky(const Tensor& p, const Tensor& target, double alpha, double beta, double power = 1) {
  const Tensor y = shares(p, target), hit = total(p * y);
  const Tensor all = hit + alpha * total(p * (1 - y)) + beta * total((1 - p) * y) + 1;
  const Tensor each = 1 - (hit + 1) / all;
  return (power == 1 ? each : each.pow(power)).mean();
}
Tensor unit_rows(const Tensor& x) { return F::normalize(x); }
Tensor own_rows(const Tensor& x) { return torch::arange(x.size(0)); }

std::map<std::string, Entry> numbers() {
  return {
      {"mse", built_in([](auto& p, auto& y) { return torch::mse_loss(p[0], y[0]); })},
      {"mae", built_in([](auto& p, auto& y) { return torch::l1_loss(p[0], y[0]); })},
      {"huber", built_in([](auto& p, auto& y) { return torch::huber_loss(p[0], y[0]); })},
      {"smooth_l1", built_in([](auto& p, auto& y) { return torch::smooth_l1_loss(p[0], y[0]); })},
      {"quantile", of_error([](const Tensor& r) { return torch::max(-0.5 * r, 0.5 * r); })},
      {"log_cosh",
       of_error([](const Tensor& r) { return r + torch::softplus(-2 * r) - std::log(2.0); })},
      {"pseudo_huber", of_error([](const Tensor& r) { return (1 + r * r).sqrt() - 1; })},
      {"lp", of_error([](const Tensor& r) { return r.abs().pow(1.5); })},
      {"expectile",
       of_error([](const Tensor& r) { return torch::where(r > 0, 0.5 * r * r, 0.5 * r * r); })},
      {"epsilon_insensitive",
       of_error([](const Tensor& r) { return (r.abs() - 0.1).clamp_min(0); })},
      {"mape", composed([](auto& p, auto& y) {
         return (100 * (p[0] - y[0]).abs() / y[0].abs().clamp_min(1e-7)).mean();
       })},
      {"smape", composed([](auto& p, auto& y) {
         return (200 * (p[0] - y[0]).abs() / (p[0].abs() + y[0].abs())).mean();
       })},
      {"msle",
       composed([](auto& p, auto& y) { return (p[0].log1p() - y[0].log1p()).square().mean(); })},
      {"cauchy", of_error([](const Tensor& r) {
         const double c = 2.385;
         return c * c / 2 * torch::log1p((r / c).square());
       })},
      {"tukey", of_error([](const Tensor& r) {
         const double c = 4.685;
         return c * c / 6 * (1 - (1 - (r / c).square().clamp_max(1)).pow(3));
       })},
      {"welsch", of_error([](const Tensor& r) {
         const double c = 2.985;
         return c * c / 2 * (1 - (-(r / c).square()).exp());
       })},
      {"geman_mcclure", of_error([](const Tensor& r) { return r * r / (2 + 2 * r * r); })},
      {"fair", of_error([](const Tensor& r) {
         const double c = 1.3998;
         const Tensor q = r.abs() / c;
         return c * c * (q - q.log1p());
       })},
      {"asymmetric huber", of_error([](const Tensor& r) {
         const Tensor size = r.abs(), huber = torch::where(size <= 1, 0.5 * r * r, size - 0.5);
         return torch::where(r < 0, 10 * huber, huber);
       })},
      {"margin_ranking",
       built_in([](auto& p, auto& y) { return torch::margin_ranking_loss(p[0], p[1], y[0]); })},
      {"poisson_nll", built_in([](auto& p, auto& y) {
         return torch::poisson_nll_loss(p[0], y[0], true, false, 1e-8, at::Reduction::Mean);
       })},
      {"gaussian_nll", composed([](auto& p, auto& y) {
         const Tensor v = p[1].clamp_min(1e-6);
         return (0.5 * (v.log() + (p[0] - y[0]).square() / v)).mean();
       })},
      {"laplace_nll", composed([](auto& p, auto& y) {
         const Tensor s = p[1].clamp_min(1e-6);
         return ((2 * s).log() + (p[0] - y[0]).abs() / s).mean();
       })},
      {"gamma_nll", composed([](auto& p, auto& y) {
         const Tensor rate = p[1] / p[0];
         return (rate * y[0] - p[1] * rate.log() + p[1].lgamma() - (p[1] - 1) * y[0].log()).mean();
       })}};
}

std::map<std::string, Entry> two_classes() {
  return {
      {"bce", built_in([](auto& p, auto& y) { return torch::binary_cross_entropy(p[0], y[0]); })},
      {"bce_with_logits", built_in([](auto& p, auto& y) {
         return torch::binary_cross_entropy_with_logits(p[0], y[0]);
       })},
      {"multilabel_soft_margin", built_in([](auto& p, auto& y) {
         const Tensor x = p[0].view({-1, 1});
         return F::multilabel_soft_margin_loss(x, y[0].view({-1, 1}));
       })},
      {"soft_margin",
       built_in([](auto& p, auto& y) { return torch::soft_margin_loss(p[0], y[0]); })},
      {"hinge", composed([](auto& p, auto& y) { return (1 - p[0] * y[0]).clamp_min(0).mean(); })},
      {"squared_hinge",
       composed([](auto& p, auto& y) { return (1 - p[0] * y[0]).clamp_min(0).square().mean(); })},
      {"perceptron", composed([](auto& p, auto& y) { return (-p[0] * y[0]).clamp_min(0).mean(); })},
      {"focal", composed([](auto& p, auto& y) { return focal(p[0], y[0]); })},
      {"asymmetric_focal", composed([](auto& p, auto& y) {
         const Tensor s = p[0].sigmoid(), n = (s - 0.05).clamp_min(0);
         return (-y[0] * (1 - s) * s.log() - (1 - y[0]) * n.pow(4) * (1 - n).log()).mean();
       })},
      {"dice", composed([](auto& p, auto& y) { return dice(p[0], y[0]); })},
      {"dice_focal",
       composed([](auto& p, auto& y) { return dice(p[0].sigmoid(), y[0]) + focal(p[0], y[0]); })},
      {"jaccard", composed([](auto& p, auto& y) { return tversky(p[0], y[0], 1, 1); })},
      {"tversky", composed([](auto& p, auto& y) { return tversky(p[0], y[0], 0.5, 0.5); })},
      {"focal_tversky",
       composed([](auto& p, auto& y) { return tversky(p[0], y[0], 0.3, 0.7, 0.75); })}};
}

std::map<std::string, Entry> rows() {
  return {
      {"cross_entropy", built_in([](auto& p, auto& y) { return F::cross_entropy(p[0], y[0]); })},
      {"nll", built_in([](auto& p, auto& y) { return torch::nll_loss(p[0], y[0]); })},
      {"multi_margin",
       built_in([](auto& p, auto& y) { return torch::multi_margin_loss(p[0], y[0]); })},
      {"focal_cross_entropy",
       of_label([](const Tensor& l) { return -(1 - l.exp()).square() * l; })},
      {"poly1", of_label([](const Tensor& l) { return 1 - l.exp() - l; })},
      {"generalized_cross_entropy",
       of_label([](const Tensor& l) { return 2 * (1 - (0.5 * l).exp()); })},
      {"arcface", composed([](auto& p, auto& y) {
         const Tensor at = y[0].unsqueeze(1), own = p[0].gather(1, at),
                      turned = torch::where(own > std::cos(M_PI - 0.5), (own.acos() + 0.5).cos(),
                                            own - 0.5 * std::sin(0.5));
         return F::cross_entropy(64 * p[0].scatter(1, at, turned), y[0]);
       })},
      {"cosface", composed([](auto& p, auto& y) {
         const Tensor at = y[0].unsqueeze(1);
         return F::cross_entropy(64 * p[0].scatter(1, at, p[0].gather(1, at) - 0.35), y[0]);
       })},
      {"iou", composed([](auto& p, auto& y) { return (1 - Boxes(p[0], y[0]).overlap()).mean(); })},
      {"giou", composed([](auto& p, auto& y) {
         const Boxes b(p[0], y[0]);
         return (1 - b.overlap() + (b.around - b.either) / (b.around + 1e-7)).mean();
       })},
      {"diou", composed([](auto& p, auto& y) {
         const Boxes b(p[0], y[0]);
         return (1 - b.overlap() + b.reach).mean();
       })},
      {"ciou", composed([](auto& p, auto& y) {
         const Boxes b(p[0], y[0]);
         const Tensor alpha = (b.turn / (1 - b.overlap() + b.turn + 1e-7)).detach();
         return (1 - b.overlap() + b.reach + alpha * b.turn).mean();
       })},
      {"triplet",
       built_in([](auto& p, auto&) { return torch::triplet_margin_loss(p[0], p[1], p[2]); })},
      {"cosine_embedding",
       built_in([](auto& p, auto& y) { return torch::cosine_embedding_loss(p[0], p[1], y[0]); })},
      {"cosine_similarity", composed([](auto& p, auto& y) {
         return (1 - torch::cosine_similarity(p[0], y[0], -1)).mean();
       })},
      {"contrastive", composed([](auto& p, auto& y) {
         const Tensor square = (p[0] - p[1]).square().sum(1);
         return (y[0] * square + (1 - y[0]) * (1 - square.sqrt()).clamp_min(0).square()).mean();
       })},
      {"info_nce", composed([](auto& p, auto&) {
         const Tensor s = unit_rows(p[0]).mm(unit_rows(p[1]).t()) / 0.07;
         return F::cross_entropy(s, own_rows(s));
       })},
      {"sup_con", composed([](auto& p, auto& y) {
         const Tensor z = unit_rows(p[0]), s = z.mm(z.t()) / 0.1,
                      self = torch::eye(s.size(0), torch::kBool),
                      log_share = s - s.masked_fill(self, -INFINITY).logsumexp(1, true),
                      same = (y[0].unsqueeze(0) == y[0].unsqueeze(1)) & ~self,
                      count = same.sum(1).clamp_min(1);
         return (-(log_share * same).sum(1) / count).mean();
       })},
      {"ctc", built_in([](auto& p, auto& y) {
         const auto lengths = torch::full({y[0].size(0)}, y[0].size(1), torch::kInt64);
         return torch::ctc_loss(p[0].transpose(0, 1), y[0], y[1], lengths, 0, at::Reduction::None)
             .mean();
       })}};
}

const std::map<std::string, Entry>& all() {
  static const std::map<std::string, Entry> entries = [] {
    std::map<std::string, Entry> joined = numbers();
    joined.merge(two_classes());
    joined.merge(rows());
    return joined;
  }();
  return entries;
}

Tensor copied(const Array& a) {
  return a.numbers ? torch::from_blob(const_cast<float*>(a.numbers), a.shape).clone()
                   : torch::from_blob(const_cast<std::int64_t*>(a.labels), a.shape,
                                      torch::TensorOptions(torch::kInt64))
                         .clone();
}

}  // namespace

LossWork loss(const std::string& name, const std::vector<Array>& predictions,
              const std::vector<Array>& targets) {
  const auto found = all().find(name);
  if (found == all().end()) return {};
  Tensors p, y;
  for (const Array& a : predictions) p.push_back(copied(a).requires_grad_(true));
  for (const Array& a : targets) y.push_back(copied(a));
  const Formula& formula = found->second.loss;
  return {found->second.built_in,
          [p, y, formula]() mutable {
            for (Tensor& x : p) x.mutable_grad() = Tensor();
            formula(p, y).backward();
          },
          [p, y, formula] {
            const torch::NoGradGuard off;
            return formula(p, y).template item<double>();
          }};
}

}  // namespace bench::torch_side
