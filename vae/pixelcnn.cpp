// The masked network, and drawing by it.
#include "vae/pixelcnn.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace vae {

PixelCNN::PixelCNN(const Architecture& a, std::size_t numbers, const Stream& stream)
    : side_(side_of_squares("pixelcnn", a.pixels)),
      numbers_(numbers),
      activation_(a.activation->apply),
      first_(a.activation->initial_weight({a.pixelcnn_channels, 1, 7, 7}, stream), nn::MaskedConv2d::Type::A),
      from_maps_(a.activation->initial_weight({a.pixelcnn_channels, maps(), 1, 1}, stream.at_level(1))),
      out_(nn::zero({numbers, a.pixelcnn_channels, 1, 1}, stream)) {
  if (a.pixelcnn_channels == 0 || a.pixelcnn_layers > 200)
    throw std::invalid_argument("[pixelcnn] one channel or more and up to 200 layers are possible, not " +
                                std::to_string(a.pixelcnn_channels) + " and " +
                                std::to_string(a.pixelcnn_layers));
  const Shape of_layer = {a.pixelcnn_channels, a.pixelcnn_channels, 3, 3};
  for (std::uint32_t k = 0; k < a.pixelcnn_layers; ++k) {
    Array weight = a.activation->initial_weight(of_layer, stream.at_level(2 + k));
    more_.emplace_back(nn::residual_scaled(std::move(weight), a.pixelcnn_layers), nn::MaskedConv2d::Type::B);
  }
}

Var PixelCNN::network(Var x, Var maps) const {
  Var h = first_(x) + from_maps_(maps);
  for (const nn::MaskedConv2d& layer : more_) h = h + layer(activation_(h));
  return out_(activation_(h));
}

Var PixelCNN::operator()(Var x, Var all) const {
  const Shape images = {x.rows(), 1, side_, side_}, of_maps = {x.rows(), maps(), side_, side_};
  return reshape(network(reshape(x, images), reshape(all, of_maps)), {x.rows(), numbers_ * side_ * side_});
}

Var PixelCNN::at_row(const Array& x, Var all, std::size_t row) const {
  const std::size_t reach = 3 + more_.size();  // rows above a pixel that it sees
  const std::size_t rows = x.shape(0), first = row > reach ? row - reach : 0, count = row + 1 - first;
  const auto strip = [&](Var images, std::size_t planes) {
    return slice(reshape(images, {rows, planes, side_, side_}), 2, std::ptrdiff_t(first),
                 std::ptrdiff_t(row + 1));
  };
  const Var h = network(strip(constant(x), 1), strip(all, maps()));  // [rows,P,count,side]
  return reshape(slice(h, 2, std::ptrdiff_t(count - 1), std::ptrdiff_t(count)), {rows, numbers_ * side_});
}

void PixelCNN::visit(const std::string& name, const nn::Visitor& visitor) {
  first_.visit(name + ".first", visitor), from_maps_.visit(name + ".from_maps", visitor);
  for (std::size_t k = 0; k < more_.size(); ++k) more_[k].visit(name + ".more." + std::to_string(k), visitor);
  out_.visit(name + ".out", visitor);
}

// ---- the density ------------------------------------------------------------------------------------------

namespace {

// The first P of M maps.  [rows,M·D]  ->  [rows,P·D]
Var first_maps(Var all, const PixelCNN& network) {
  const std::size_t D = all.shape()[1] / network.maps();
  return slice(all, 1, 0, std::ptrdiff_t(network.numbers() * D));
}

}  // namespace

LocallyAutoregressive::LocallyAutoregressive(Var given, const PixelCNN& network, PixelFamily read)
    : Autoregressive(
          {given.rows(), given.shape()[1] / network.maps()},
          [given, &network, read](Var x) { return read(first_maps(given, network) + network(x, given)); }),
      maps(given),
      network(network),
      family(std::move(read)) {}

Array LocallyAutoregressive::sample(const Stream& stream) const {
  const std::size_t rows = shape()[0], side = network.side(), P = network.numbers();
  const Var first = reshape(first_maps(maps, network), {rows, P, side, side});
  Array x = zeros(shape());
  for (std::size_t i = 0; i < side * side; ++i) {
    Evaluation scope;
    const std::ptrdiff_t row = std::ptrdiff_t(i / side);
    const Var h =
        reshape(slice(first, 2, row, row + 1), {rows, P * side}) + network.at_row(x, maps, i / side);
    const Array drawn = family(h)->sample(stream.at_epoch(stream.epoch + std::uint32_t(row)));
    for (std::size_t r = 0; r < rows; ++r) x(r, i) = drawn(r, i % side);
  }
  return x;
}

}  // namespace vae
