// Image by image, as many at once as a pass may hold.
#include "tools/run/fill.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tools/errors.h"
#include "vae/missing.h"

namespace tools {

using namespace autograd;

FilledImages fill_images(const Experiment& e, Split split, std::size_t count, std::size_t K, std::size_t S) {
  const ImageIndices images = index_range(0, count);
  const std::size_t most = e.rows_of_pass();
  if (K == 0) K = std::min<std::size_t>(500, most);
  if (K > most)
    throw Failure(exit_usage, "--importance-samples is at most " + std::to_string(most) + " for this model");
  FilledImages f;
  f.x = e.batch(split, images);
  f.share_missing = 1 - vae::share_observed(f.x);
  if (f.share_missing == 0)
    throw Failure(exit_usage, "no pixel of these images is missing; --missing 0.5 hides half of them");
  if (e.hidden > 0) f.before = e.before_missing(split, images);

  const std::size_t D = f.x.shape(1), at_once = most / K;
  f.mean = empty({count, D}), f.draws = empty({S * count, D});
  for (std::size_t first = 0; first < count; first += at_once) {
    const ImageIndices some = index_range(first, std::min(count, first + at_once));
    const Stream noise = for_images(e.stream().at(Purpose::importance), some);
    const vae::FilledIn filled =
        vae::fill_in(e.given(split, some), e.batch(split, some), K, S, noise.at_epoch(std::uint32_t(split)));
    const std::size_t n = some.size();
    std::copy_n(filled.mean.data(), n * D, f.mean.data() + first * D);
    for (std::size_t s = 0; s < S; ++s)
      std::copy_n(filled.draws.data() + s * n * D, n * D, f.draws.data() + (s * count + first) * D);
    for (const Real size : filled.effective_samples) f.effective_samples += double(size) / double(count);
  }
  f.error_of_mean = f.error_of_pixel_means = std::numeric_limits<double>::quiet_NaN();
  if (!f.before) return f;
  const std::size_t known = std::min<std::size_t>(e.data.train.count, 10000);
  const Array means = vae::pixel_means(known > 0 ? e.batch(Split::train, index_range(0, known)) : f.x);
  f.error_of_mean = e.unit() * vae::error_at_missing(f.x, *f.before, f.mean);
  f.error_of_pixel_means = e.unit() * vae::error_at_missing(f.x, *f.before, means);
  return f;
}

GreyImage filled_sheet(const Experiment& e, const FilledImages& f) {
  const std::size_t n = f.x.shape(0), D = f.x.shape(1), S = f.draws.shape(0) / n;
  std::vector<const Array*> columns = {&f.x, &f.mean};
  if (f.before) columns.insert(columns.begin(), &*f.before);
  const std::size_t width = columns.size() + S;
  Array all = empty({n * width, D});
  for (std::size_t i = 0; i < n; ++i) {
    Real* row = all.data() + i * width * D;
    for (const Array* column : columns) row = std::copy_n(column->data() + i * D, D, row);
    for (std::size_t s = 0; s < S; ++s) row = std::copy_n(f.draws.data() + (s * n + i) * D, D, row);
  }
  return sheet(all, e.data.test.height, e.data.test.width, width);
}

}  // namespace tools
