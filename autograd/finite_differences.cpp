// Parameters are moved, and put back.
#include "autograd/finite_differences.h"

namespace autograd {

namespace {

// dφ/dt at t = 0
double five_point_difference(const std::function<double(double t)>& phi, double h) {
  return (8 * (phi(h) - phi(-h)) - (phi(2 * h) - phi(-2 * h))) / (12 * h);
}

// Parameters on the line x + t u, until the end of the scope.
class Line {
 public:
  Line(const std::vector<Parameter*>& at, const std::vector<Array>& u) : at_(at), u_(u) {
    for (const Parameter* p : at) start_.push_back(p->value());
  }
  ~Line() {
    for (std::size_t k = 0; k < at_.size(); ++k) at_[k]->update() = start_[k];
  }

  void move_to(double t) {
    for (std::size_t k = 0; k < at_.size(); ++k) {
      Array& x = at_[k]->update();
      for (std::size_t i = 0; i < x.size(); ++i)
        x.data()[i] = Real(double(start_[k].data()[i]) + t * double(u_[k].data()[i]));
    }
  }

 private:
  const std::vector<Parameter*>& at_;
  const std::vector<Array>& u_;
  std::vector<Array> start_;
};

// One entry, moved by t until the end of the scope.
class MovedEntry {
 public:
  MovedEntry(Parameter& at, std::size_t i, double t) : at_(at), i_(i), before_(at.value().data()[i]) {
    at_.update().data()[i_] = Real(double(before_) + t);
  }
  ~MovedEntry() { at_.update().data()[i_] = before_; }

 private:
  Parameter& at_;
  std::size_t i_;
  Real before_;
};

}  // namespace

double difference_at(Parameter& x, std::size_t i, const std::function<double()>& phi, double h) {
  const auto moved = [&](double t) {
    const MovedEntry scope(x, i, t);
    return phi();
  };
  return five_point_difference(moved, h);
}

double difference_along(const std::vector<Parameter*>& at, const std::vector<Array>& u,
                        const std::function<double()>& phi, double h) {
  Line line(at, u);
  const auto moved = [&](double t) {
    line.move_to(t);
    return phi();
  };
  return five_point_difference(moved, h);
}

}  // namespace autograd
