// What the sections say of runs whose numbers are given.
#include <algorithm>
#include <cmath>
#include <set>

#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "tools/report/curves.h"
#include "tools/report/overview.h"
#include "tools/report/rate_distortion.h"
#include "tools/report/sheets.h"

using namespace tools;

namespace {

ReportedRun run_of(const Experiment& e, const std::string& name, double rate, double distortion) {
  ReportedRun run = {name, "", e, {}, {}, {}, {}, {}};
  run.mean.kl = rate, run.mean.reconstruction = -distortion, run.mean.elbo = -rate - distortion;
  run.of_test = {{-1, -2}, {-1, -2}}, run.of_validation = {{-1.5}, {-1.5}};
  return run;
}

bool holds(const std::string& html, const std::string& part) { return html.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("rate and distortion: runs that differ in beta are joined, by beta", "[report]") {
  const SmallData data;
  const Experiment one(data.config()), four(data.config({{"beta", "4"}})),
      other(data.config({{"hidden", "7"}, {"beta", "2"}}));
  const ReportedRun a = run_of(one, "a", 3, 5), b = run_of(four, "b", 1, 8), c = run_of(other, "c", 2, 9);
  CHECK(rate_distortion({a}).empty());
  CHECK(rate_distortion({a, run_of(one, "again", 3, 5)}).empty());
  const std::string html = rate_distortion({a, b, c});
  for (const char* part : {"β = 1<", "β = 4<", "β = 2<", ">b, a<", ">c<", "a bound of -8.00"}) {
    INFO(part);
    CHECK(holds(html, part));
  }
}

TEST_CASE("histogram: noise is a line of its own, or a number if it is too far away", "[report]") {
  const SmallData data;
  const Experiment e(data.config());
  ReportedRun run = run_of(e, "a", 3, 5);
  run.of_noise = {-3};
  CHECK(holds(histogram(run), ">noise<"));
  CHECK(holds(histogram(run), "-3.0 nats on average, where the test images have -1.5"));
  run.of_noise = {-100};
  CHECK_FALSE(holds(histogram(run), ">noise<"));
  CHECK(holds(histogram(run), "too far away"));
  run.of_test.log_px = run.of_validation.log_px = {-2};  // all alike, and one that is infinite
  run.of_test.log_px.push_back(-INFINITY);
  const std::string html = histogram(run);
  CHECK_FALSE(holds(html, "nan"));
  const std::string path = html.substr(html.find("d=\"", html.find("class=\"line c0")) + 3);
  const std::string drawn = path.substr(0, path.find('"')), last = drawn.substr(drawn.rfind(' '));
  CHECK(drawn.find(last + "h0") < 10);  // it ends as low as it begins
  run.of_test.log_px.clear(), run.of_validation.log_px.clear();
  CHECK(histogram(run).empty());
}

// Images of which the first half is white, as the model knows from the start: by shuffling alone they are
// unlikely.
TEST_CASE("noise is the test images with their pixels shuffled", "[report]") {
  const SmallData data;
  autograd::Array images = autograd::zeros({60, 12});
  for (std::size_t i = 0; i < 60; ++i)
    for (std::size_t d = 0; d < 6; ++d) images(i, d) = 1;
  write_npy(data.file(), images);
  const Experiment e(data.config());
  e.model->visit([](const std::string& name, autograd::Parameter& p) {  // q(z|x) = p(z), p(x|z) without z
    if (name != "decoder.2.bias") p.update() = autograd::zeros(p.shape());
  });
  const ReportedRun run = reported_run("absent", "", e, 9, 20);
  CHECK(run.of_test.elbo.size() == 9);
  CHECK(run.of_validation.log_px.size() == 8);
  REQUIRE(run.of_noise.size() == 9);
  CHECK(run.mean.elbo == Approx(run.mean.reconstruction - run.mean.kl));
  CHECK(run.of_test.log_px[0] > -0.1);
  // Of black pixels become white as many as of white ones black: 2k (log 0.999 − log 0.001) nats are lost.
  std::set<long> exchanged;
  for (const double v : run.of_noise) {
    const double k = (run.of_test.log_px[0] - v) / (2 * (std::log(0.999) - std::log(0.001)));
    CHECK(std::abs(k - std::round(k)) < 1e-3);
    CHECK(std::round(k) <= 6);
    exchanged.insert(std::lround(k));
  }
  CHECK(exchanged.size() > 1);  // each in an order of its own
}

TEST_CASE("the bound over time counts the seconds of the epochs before", "[report]") {
  const SmallData data;
  const Experiment e(data.config());
  ReportedRun run = run_of(e, "a", 3, 5);
  for (const double epoch : {1, 2, 3}) {
    MetricsRow row = {epoch, -10 + epoch, 0, 0, 1, 1, 21 / epoch, {}};  // 42 images: 2, 4, 6 seconds
    run.metrics.train.push_back(row), run.metrics.validation.push_back(row);
  }
  const std::string html = curves({run}), title = "validation bound over time";
  REQUIRE(holds(html, title));
  const std::string over_time = html.substr(html.find(title), html.find("reconstruction") - html.find(title));
  CHECK(holds(over_time, "seconds of training steps"));
  for (const char* second : {">2<", ">4<", ">6<", ">8<", ">10<", ">12<"}) CHECK(holds(over_time, second));
}

TEST_CASE("the overview has a column for each run, and a curve", "[report]") {
  const SmallData data;
  const Experiment e(data.config());
  ReportedRun run = run_of(e, "a", 3, 5);
  const GreyImage plain = overview({run}), both = overview({run, run});
  CHECK(both.width == 2 * plain.width);
  CHECK(both.height == plain.height);
  for (const double epoch : {1, 2}) run.metrics.validation.push_back({epoch, epoch, 0, 0, 0, 0, 1, {}});
  const GreyImage with_curve = overview({run});
  REQUIRE(with_curve.pixels.size() == plain.pixels.size());
  CHECK(std::count(with_curve.pixels.begin(), with_curve.pixels.end(), 255) >
        std::count(plain.pixels.begin(), plain.pixels.end(), 255) + 200);
}
