// The convolutional hierarchy: its networks, and the factors that they stand for.
#include "vae/top_down.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"

namespace vae {

namespace {

std::size_t even_side(const Architecture& a) {
  const std::size_t side = side_of_squares("top_down", a.pixels);
  if (side % 2)
    throw std::invalid_argument("[top_down] images of " + std::to_string(a.pixels) +
                                " pixels have no even side");
  return side;
}

// Half the image's side, halved until it is 4 or less, and 1: 14, 7, 4, 1.
std::vector<std::size_t> sides_of(const Architecture& a) {
  std::vector<std::size_t> sides = {even_side(a) / 2};
  while (sides.back() > 4) sides.push_back((sides.back() + 1) / 2);
  if (sides.back() > 1) sides.push_back(1);
  return sides;
}

// C of each side, the largest first.
std::vector<std::size_t> channels_of(const Architecture& a, std::size_t sides) {
  std::vector<std::size_t> channels = a.channels;
  if (channels.size() == 1) channels.resize(sides, channels.front());
  if (channels.size() != sides)
    throw std::invalid_argument("[top_down] channels are given for " + std::to_string(channels.size()) +
                                " sides, and there are " + std::to_string(sides));
  for (const std::size_t C : channels)
    if (C < 2) throw std::invalid_argument("[top_down] at least two channels are needed");
  return channels;
}

std::size_t kernel_at(std::size_t side) { return side > 1 ? 3 : 1; }

// [rows,4,r,r], the pixels of each square of 2 × 2 as channels, and back, of M maps.  images: [rows,M·4r²]
Var squares_as_channels(Var x, std::size_t r) {
  const std::size_t rows = x.rows();
  return reshape(permute(reshape(x, {rows, r, 2, r, 2}), {0, 2, 4, 1, 3}), {rows, 4, r, r});
}
Var channels_as_squares(Var h) {
  const std::size_t rows = h.rows(), M = h.shape()[1] / 4, r = h.shape()[2];
  return reshape(permute(reshape(h, {rows, M, 2, 2, r, r}), {0, 1, 4, 2, 5, 3}), {rows, M * 4 * r * r});
}

// N(μ, σ²) of the first half of the channels and the second.  h: [rows,2c,r,r]  ->  [rows,c·r·r]
Normal normal_of_maps(Var h) {
  const Shape& s = h.shape();
  return normal_from(reshape(h, {s[0], s[1] * s[2] * s[3]}));
}

}  // namespace

// The number of the layer of c in the model's stream: beyond those of all others.
constexpr std::uint32_t epoch_of_condition = 300000;

TopDownVAE::TopDownVAE(const Architecture& a, const Stream& stream)
    : activation_(a.activation->apply),
      recompute_blocks_(a.recompute_blocks),
      output_(a, stream.at_epoch(epoch_of_output)),
      decoder_(a.channels.empty() ? 0 : a.channels.front(), 4 * output_.maps(), 3, stream.at_epoch(1),
               Convolution{1, 1}, a.activation->initial_weight),
      pixel_bias_(zeros({output_.maps() * a.pixels})) {
  const std::size_t L = a.latent.size();
  if (L == 0 || L > 200)
    throw std::invalid_argument("[top_down] between one level and 200 are possible, not " +
                                std::to_string(L));
  if (a.posterior != &diagonal_posterior())
    throw std::invalid_argument("[top_down] the posteriors of convolutions are diagonal normals");
  const std::vector<std::size_t> sides = sides_of(a), channels = channels_of(a, sides.size());
  prior_ = make_prior(a, stream.at_epoch(epoch_of_prior));
  const nn::Initialization initial = a.activation->initial_weight;
  std::uint32_t epoch = 2;  // of the stream, another for each layer
  const auto next = [&] { return stream.at_epoch(epoch++); };
  const auto same_size = [](std::size_t side) { return Convolution{1, kernel_at(side) / 2}; };

  // From the image to the smallest side: the same size first, then half, and all of it to one pixel.
  for (std::size_t k = 0; k < sides.size(); ++k) {
    const std::size_t r = sides[k], C = channels[k], from = k == 0 ? 4 : channels[k - 1];
    const std::size_t kernel = k > 0 && r == 1 ? sides[k - 1] : 3;
    const Convolution how = k == 0 ? Convolution{1, 1} : r == 1 ? Convolution{1, 0} : Convolution{2, 1};
    nn::Conv2d down(from, C, kernel, next(), how, initial);
    rungs_.push_back({r, std::move(down), {C, C / 2, kernel_at(r), *a.activation, sides.size(), next()}});
  }

  // The levels, from the smallest side to the largest.
  const auto come_to = [&](std::size_t k) {
    const std::size_t r = sides[k], C = channels[k];
    if (!places_.empty() && places_.back().side == r) return;
    std::optional<nn::Conv2d> project;
    if (!places_.empty()) {
      const bool spreads = places_.back().side == 1;
      const std::size_t from = places_.back().h.shape()[0];
      if (spreads || from != C)
        project.emplace(from, spreads ? C * r * r : C, 1, next(), Convolution{}, nn::lecun_uniform);
    }
    places_.push_back({r, std::move(project), Parameter(zeros({C, r, r}))});
  };
  for (std::size_t t = 0; t < L; ++t) {
    const auto place = [&](std::size_t t) { return sides.size() - 1 - t * sides.size() / L; };
    const auto side = [&](std::size_t t) { return sides[place(t)]; };
    const std::size_t r = side(t), C = channels[place(t)], Z = a.latent[t], K = kernel_at(r);
    if (a.share_weights && t > 0 && side(t - 1) == r) {
      if (networks_.back().latent != Z)
        throw std::invalid_argument("[top_down] levels of a side that share weights have " +
                                    std::to_string(networks_.back().latent) + " and " + std::to_string(Z) +
                                    " latents");
      networks_of_.push_back(networks_.size() - 1);
      continue;
    }
    come_to(place(t));
    nn::Conv2d of_features(C, C, K, next(), same_size(r), initial),
        of_state(C, C, K, next(), same_size(r), initial);
    nn::Conv2d posterior(C, 2 * Z, 1, next(), {}, nn::zero);
    std::optional<nn::Conv2d> prior;
    if (t > 0 || (a.share_weights && L > 1 && side(1) == r))
      prior.emplace(C, 2 * Z, 1, next(), Convolution{}, nn::zero);
    nn::Conv2d project(nn::residual_scaled(initial({C, Z, 1, 1}, next()), L));
    networks_of_.push_back(networks_.size());
    networks_.push_back({t,
                         r,
                         Z,
                         std::move(of_features),
                         std::move(of_state),
                         std::move(posterior),
                         std::move(prior),
                         std::move(project),
                         {C, C / 2, K, *a.activation, L, next()}});
  }
  come_to(0);
  if (a.condition > 0)
    condition_.emplace(
        nn::lecun_uniform({places_.front().h.shape()[0], a.condition}, stream.at_epoch(epoch_of_condition)));
}

// ---- bottom-up --------------------------------------------------------------------------------------------

// f = block(W ∗ f), f of the next larger side; and of each level the part of q's hidden layer that x decides.
Features TopDownVAE::features(Var x, Var) const {
  Features f, seen;
  for (const Rung& rung : rungs_) {
    const Var larger = f.empty() ? squares_as_channels(x, rung.side) : activation_(f.back());
    f.push_back(through(rung.block, rung.down(larger)));
  }
  for (const LevelNetworks& networks : networks_) {
    std::size_t k = 0;
    while (rungs_[k].side != networks.side) ++k;
    seen.push_back(networks.of_features(activation_(f[k])));
  }
  Features of_levels;
  for (const std::size_t k : networks_of_) of_levels.push_back(seen[k]);
  return of_levels;
}

// ---- the running state ------------------------------------------------------------------------------------

const TopDownVAE::Place& TopDownVAE::place(std::size_t side) const {
  std::size_t k = 0;
  while (places_[k].side != side) ++k;
  return places_[k];
}

// The channels of the side made of those of h, and the side's numbers added. One pixel: [rows,C,1,1] -> W h
// [rows,C'·r·r,1,1] -> [rows,C',r,r]. Of several, each becomes a square, and what is beyond the side is cut
// off.
Var TopDownVAE::enlarged(Var h, std::size_t side) const {
  const std::size_t from = h.shape()[2];
  if (from == side) return h;
  const Place& to = place(side);
  const Var of_side = to.project ? (*to.project)(h) : h;
  if (from == 1) return reshape(of_side, {h.rows(), to.h.shape()[0], side, side}) + to.h;
  Var larger = upsample_nearest2d(of_side, (side + from - 1) / from);
  for (const std::size_t axis : {2u, 3u}) larger = slice(larger, axis, 0, std::ptrdiff_t(side));
  return larger + to.h;
}

Var TopDownVAE::through(const nn::ResidualConvBlock& block, Var h) const {
  return recompute_blocks_ ? checkpoint([&block, h] { return block(h); }) : block(h);
}

// h₀, learned, and W c added   ->  [rows,C,r,r]
Var TopDownVAE::start(const State& s) const {
  const Parameter& h = place(networks_.front().side).h;
  const Var h0 = broadcast_to(h, {s.rows, h.shape()[0], h.shape()[1], h.shape()[2]});
  return condition_ ? h0 + reshape((*condition_)(s.c), {s.rows, h.shape()[0], 1, 1}) : h0;
}

// h_{t+1} = block(h_t + W z_t)
Var TopDownVAE::update(const State& s, Var z_t) const {
  const LevelNetworks& here = level(s.t());
  const Var map = reshape(z_t, {s.rows, here.latent, here.side, here.side});
  const Var h = through(here.block, s.h + here.project(map));
  return enlarged(h, s.t() + 1 < levels() ? level(s.t() + 1).side : rungs_.front().side);
}

// ---- the factors ------------------------------------------------------------------------------------------

// p(z₀),  p(z_t|z_<t) = N(μ(h_t), σ²(h_t))
Density TopDownVAE::prior(const State& s) const {
  if (s.t() == 0) return (*prior_)(s, *this);
  return normal_of_maps((*level(s.t()).prior)(activation_(s.h)));
}

// q(z_t|z_<t, x) = N(μ(h_t, f_t), σ²(h_t, f_t))
Density TopDownVAE::posterior(const State& s, const Features& x) const {
  const LevelNetworks& here = level(s.t());
  const Var hidden = here.of_state(activation_(s.h)) + repeat_to(x[s.t()], s.rows);
  return normal_of_maps(here.posterior(activation_(hidden)));
}

// p(x|z), from h_L   ->  [rows,D]
Density TopDownVAE::decode(const State& s) const {
  return output_(channels_as_squares(decoder_(activation_(s.h))) + pixel_bias_);
}

// ---- parameters -------------------------------------------------------------------------------------------

void TopDownVAE::visit_posterior(const nn::Visitor& visitor) {
  for (std::size_t k = 0; k < rungs_.size(); ++k) {
    const std::string name = "features." + std::to_string(k);
    rungs_[k].down.visit(name + ".down", visitor), rungs_[k].block.visit(name + ".block", visitor);
  }
  for (LevelNetworks& networks : networks_) {
    const std::string name = "posterior." + std::to_string(networks.first);
    networks.of_features.visit(name + ".features", visitor);
    networks.of_state.visit(name + ".state", visitor);
    networks.posterior.visit(name + ".out", visitor);
  }
}

void TopDownVAE::visit_generator(const nn::Visitor& visitor) {
  prior_->visit("prior.0", visitor);
  if (condition_) condition_->visit("condition", visitor);
  for (Place& place : places_) {
    const std::string name = "place." + std::to_string(place.side);
    if (place.project) place.project->visit(name + ".project", visitor);
    visitor(name + ".h", place.h);
  }
  for (LevelNetworks& networks : networks_) {
    const std::string t = std::to_string(networks.first);
    // The first level that has it is t, or 1, because p(z₀) is another.
    if (networks.prior)
      networks.prior->visit("prior." + std::to_string(std::max<std::size_t>(1, networks.first)), visitor);
    networks.project.visit("update." + t + ".project", visitor);
    networks.block.visit("update." + t + ".block", visitor);
  }
  decoder_.visit("decoder", visitor);
  visitor("decoder.pixel_bias", pixel_bias_);
  output_.visit("decoder", visitor);
}

}  // namespace vae
