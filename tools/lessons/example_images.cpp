// The images and the sheet, in float.
#include "tools/lessons/example_images.h"

#include <algorithm>

#include "tools/data/dataset.h"
#include "tools/errors.h"

namespace tools {

namespace {

Dataset clothes_or_shapes(std::size_t count) {
  DatasetOptions options;
  options.limit_train = count, options.limit_validation = 1;
  try {
    return load_dataset("fashion-mnist", options);
  } catch (const Failure&) {  // not installed
    return load_dataset("shapes", options);
  }
}

}  // namespace

std::vector<PlainImage> example_images(std::size_t count, std::string& from) {
  const Dataset data = clothes_or_shapes(count);
  from = data.name;
  std::vector<PlainImage> images;
  for (std::size_t i = 0; i < count; ++i) {
    const autograd::Array one = data.train.gather({i});
    images.emplace_back(one.data(), one.data() + one.size());
  }
  return images;
}

GreyImage sheet_of(const std::vector<PlainImage>& images, std::size_t columns, std::size_t side) {
  autograd::Array all = autograd::empty({images.size(), side * side});
  for (std::size_t i = 0; i < images.size(); ++i)
    std::copy_n(images[i].data(), side * side, all.data() + i * side * side);
  return sheet(all, side, side, columns);
}

}  // namespace tools
