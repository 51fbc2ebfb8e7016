// The local autoregressive decoder: pixels that see the pixels before them, row by row, and z.
//
//     p(x|z) = Π_i p(x_i | x_<i nearby, z)
//
// A few masked convolutions over the image (van den Oord et al. 2016, arXiv 1601.06759, section 3.4) change
// what the decoder says of each pixel. z then need not tell of what neighbouring pixels tell each other:
// PixelVAE (Gulrajani et al. 2017, arXiv 1611.05013), the lossy VAE (Chen et al. 2017, arXiv 1611.02731,
// section 3.1). Its numbers are to be compared with those of autoregressive models: p(x|z) is one. No layer
// has statistics of the batch, through which a pixel would see those that follow
// (diagnosis/likelihood_check.h).
#pragma once

#include "nn/distributions/autoregressive.h"
#include "nn/layers/conv.h"
#include "vae/networks.h"

namespace vae {

// From the image and the decoder's maps, P numbers for each pixel, to be added to the first P of the maps.
//
//     h = A ∗ x + V ∗ maps,   h += B ∗ a(h)  for each of N layers,   W ∗ a(h)
//
// A is 7 × 7 and sees the pixels before the centre, B 3 × 3 with the centre. W begins at zero.
class PixelCNN {
 public:
  // For P `numbers` of each pixel, with the architecture's pixelcnn_layers and pixelcnn_channels. A pixel
  // sees three rows above it and three columns to either side, and one more of both for each layer.
  // std::invalid_argument unless the images are square, and there are 1 channel or more and 200 layers or
  // fewer.
  PixelCNN(const Architecture& architecture, std::size_t numbers, const Stream& stream);

  std::size_t maps() const { return numbers_ + 7; }  // M, of the decoder
  std::size_t numbers() const { return numbers_; }   // P

  // x: [rows,D]  maps: [rows,M·D]  ->  [rows,P·D]; what stands for pixel i depends on x_<i, and all maps.
  Var operator()(Var x, Var maps) const;

  // The result at one row of the image, with what of x is above that.  ->  [rows,P·side]
  Var at_row(const Array& x, Var maps, std::size_t row) const;

  std::size_t side() const { return side_; }
  void visit(const std::string& name, const nn::Visitor& visitor);  // NAME.first, NAME.from_maps, …

 private:
  Var network(Var x, Var maps) const;  // images, or some of their rows   [rows,·,r,side]  ->  [rows,P,r,side]

  std::size_t side_, numbers_;
  Var (*activation_)(Var);
  nn::MaskedConv2d first_;              // A
  nn::Conv2d from_maps_;                // V
  std::vector<nn::MaskedConv2d> more_;  // B
  nn::Conv2d out_;                      // W
};

// How P numbers per pixel are read: [rows,P·n]  ->  the density of n pixels.
using PixelFamily = std::function<Density(Var h)>;

// p(x|z) of maps from the decoder. The network must outlive this object.
struct LocallyAutoregressive : nn::Autoregressive {
  LocallyAutoregressive(Var maps, const PixelCNN& network, PixelFamily family);

  Array sample(const Stream& stream) const override;  // row by row, of which each needs the 3 + N above it

  Var maps;  // [rows,M·D]
  const PixelCNN& network;
  PixelFamily family;
};

}  // namespace vae
