// What of an image a conditional model is given, c, and what it models, x: a label and the whole image, or
// the upper half and the lower. Two images above each other make the second a prediction from the first
// (moving-shapes, shapes.h). Next: ../../vae/conditional.h, the model.
#pragma once

#include <optional>

#include "tools/data/images.h"

namespace tools {

enum class ConditionKind { nothing, label, upper_half };

class Conditioning {
 public:
  // Of images of this size; `classes` is the number of labels, of a label. Failure(exit_usage) for halves of
  // an odd height, or no classes.
  Conditioning(ConditionKind kind, std::size_t height, std::size_t width, std::size_t classes);

  std::size_t size() const;                       // C; 0: nothing conditions the model
  std::size_t pixels() const { return pixels_; }  // D, of what is modelled
  std::size_t height() const { return pixels_ / width_; }
  std::size_t width() const { return width_; }

  // c of these images, whose pixels as the model's input are `whole`; none where nothing conditions it. A
  // label is one-hot. Failure(exit_bad_data) for labels that are not known, or not of the `classes` ones.
  // whole: [n,height·width]  ->  [n,C]
  std::optional<autograd::Array> condition(const Images& images, const ImageIndices& which,
                                           const autograd::Array& whole) const;

  autograd::Array modelled(const autograd::Array& whole) const;  // [n,height·width]  ->  [n,D]

  // Images for a picture, of what was given and what is drawn.  c: [n,C]  x: [n,D]  ->  [n,height·width]
  autograd::Array whole(const std::optional<autograd::Array>& c, const autograd::Array& x) const;

 private:
  ConditionKind kind_;
  std::size_t all_pixels_, width_, classes_, pixels_;
};

// The number of labels of these images, one more than the largest; 0 where there are none.
std::size_t classes_of(const Images& images);

}  // namespace tools
