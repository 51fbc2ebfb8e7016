// Adding up times and sizes by operation.
#include "autograd/inspect/profile.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "autograd/tape.h"

namespace autograd {

std::vector<Profile::Row> Profile::rows() const {
  std::vector<Row> rows;
  for (const auto& [op, row] : rows_) rows.push_back(row);
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.forward + a.backward > b.forward + b.backward;
  });
  return rows;
}

std::string Profile::table(std::size_t steps) const {
  std::string text = "op                    count  forward us  backward us      kB\n";
  Row total;
  const auto add = [&](const char* op, const Row& row) {
    char line[120];
    const double per = 1 / double(steps);
    std::snprintf(line, sizeof line, "%-20s %6.0f %11.1f %12.1f %7.0f\n", op, double(row.count) * per,
                  row.forward * 1e6 * per, row.backward * 1e6 * per, double(row.bytes) / 1024 * per);
    text += line;
  };
  for (const Row& row : rows()) {
    add(row.op.c_str(), row);
    total.count += row.count, total.bytes += row.bytes, total.forward += row.forward,
        total.backward += row.backward;
  }
  add("all", total);
  return text;
}

double Profile::seconds() {
  const auto now = std::chrono::steady_clock::now();
  return std::chrono::duration<double>(now - std::exchange(since_, now)).count();
}

void Profile::started() { seconds(); }

void Profile::computed(const Tape& tape, std::size_t index) {
  const Node& node = tape.node(index);
  Row& row = rows_[node.op];
  row.op = node.op;
  ++row.count;
  row.forward += seconds();
  row.bytes += node.storage.size() * sizeof(Real);
}

void Profile::pulled(const Tape& tape, std::size_t index, std::size_t, const Array&) {
  rows_[tape.node(index).op].backward += seconds();
}

}  // namespace autograd
