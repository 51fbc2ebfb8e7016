// A density of a family that is chosen at run time. Models (../../vae/model.h) give one for each of their
// factors; mixtures (mixture.h) and flows (../flows/flow.h) are made of such.
//
//     Density p = Normal(mu, log_var);
//     p->log_prob(x)
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "nn/distributions/distribution.h"

namespace nn {

// Holds a distribution of any family, also of your own; copies share it.
class Density {
 public:
  template <class Family, class = std::enable_if_t<std::is_base_of_v<Distribution, Family>>>
  Density(Family p) : p_(std::make_shared<Family>(std::move(p))) {}

  const Distribution& operator*() const { return *p_; }
  const Distribution* operator->() const { return p_.get(); }

 private:
  std::shared_ptr<const Distribution> p_;
};

}  // namespace nn
