// Cutting images in two, and labels as vectors.
#include "tools/data/condition.h"

#include <algorithm>

#include "tools/errors.h"

namespace tools {

using autograd::Array;

Conditioning::Conditioning(ConditionKind kind, std::size_t height, std::size_t width, std::size_t classes)
    : kind_(kind), all_pixels_(height * width), width_(width), classes_(classes), pixels_(all_pixels_) {
  if (kind == ConditionKind::label && classes == 0)
    throw Failure(exit_usage, "--condition label: the data have no labels");
  if (kind != ConditionKind::upper_half) return;
  if (height % 2)
    throw Failure(exit_usage, "--condition upper-half: images of an odd height, " + std::to_string(height) +
                                  ", have no halves");
  pixels_ = all_pixels_ / 2;
}

std::size_t Conditioning::size() const {
  return kind_ == ConditionKind::label ? classes_ : all_pixels_ - pixels_;
}

std::optional<Array> Conditioning::condition(const Images& images, const ImageIndices& which,
                                             const Array& whole) const {
  if (kind_ == ConditionKind::nothing) return std::nullopt;
  Array c = autograd::zeros({which.size(), size()});
  for (std::size_t i = 0; i < which.size(); ++i) {
    if (kind_ == ConditionKind::upper_half) {
      std::copy_n(whole.data() + i * all_pixels_, size(), c.data() + i * size());
      continue;
    }
    if (images.labels.empty())
      throw Failure(exit_bad_data, "the model is given labels, and these images have none");
    const std::size_t label = images.labels[which[i]];
    if (label >= classes_)
      throw Failure(exit_bad_data, "image " + std::to_string(which[i]) + " has the label " +
                                       std::to_string(label) + ", and the model knows " +
                                       std::to_string(classes_) + ", from 0 on");
    c(i, label) = 1;
  }
  return c;
}

Array Conditioning::modelled(const Array& whole) const {
  if (kind_ != ConditionKind::upper_half) return whole;
  Array x = autograd::empty({whole.shape(0), pixels_});
  for (std::size_t i = 0; i < whole.shape(0); ++i)
    std::copy_n(whole.data() + i * all_pixels_ + size(), pixels_, x.data() + i * pixels_);
  return x;
}

Array Conditioning::whole(const std::optional<Array>& c, const Array& x) const {
  if (kind_ != ConditionKind::upper_half) return x;
  Array all = autograd::empty({x.shape(0), all_pixels_});
  for (std::size_t i = 0; i < x.shape(0); ++i) {
    autograd::Real* to = all.data() + i * all_pixels_;
    to = std::copy_n(c->data() + i * size(), size(), to);
    std::copy_n(x.data() + i * pixels_, pixels_, to);
  }
  return all;
}

std::size_t classes_of(const Images& images) {
  if (images.labels.empty()) return 0;
  return 1 + std::size_t(*std::max_element(images.labels.begin(), images.labels.end()));
}

}  // namespace tools
