// Fields in JSON, and values that a field may not have.
#include "tools/run/state_field.h"

#include <nlohmann/json.hpp>

#include "tests/catch.h"

using namespace tools;
using nlohmann::json;

namespace {

struct State {
  std::uint64_t batch = 3;
  double norm = 0.1 + 0.2;
  std::vector<double> list = {1, 2.5};

  std::vector<StateField> fields() {
    return {{"batch", &batch, 0, 24}, {"sums/norm", &norm, 0, 1e300}, {"sums/list", &list, 0, 9, 1, 3}};
  }
};

// What is said when the state's JSON has this value at the pointer.
std::string refusal(const std::string& pointer, const json& value) {
  State state;
  json all = to_json(state.fields());
  all[json::json_pointer(pointer)] = value;
  try {
    read_json(State().fields(), json::parse(all.dump()));
    return "";
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
}

}  // namespace

TEST_CASE("state field: what is written is read back, to the last bit", "[state_field]") {
  State state, read;
  read.batch = 0, read.norm = 0, read.list = {};
  const json all = to_json(state.fields());
  CHECK(all.dump() == R"({"batch":3,"sums":{"list":[1.0,2.5],"norm":0.30000000000000004}})");
  read_json(read.fields(), json::parse(all.dump()));
  CHECK(read.batch == 3);
  CHECK(read.norm == 0.1 + 0.2);
  CHECK(read.list == state.list);
}

TEST_CASE("state field: a value of another type or out of its range is refused by name", "[state_field]") {
  CHECK(refusal("/batch", 24) == "");
  CHECK(refusal("/batch", 25) == "batch is 25, expected a whole number from 0 to 24");
  CHECK(refusal("/batch", -1) == "batch is -1, expected a whole number from 0 to 24");
  for (const json& wrong : {json(1.5), json("3"), json(), json::array(), json(std::uint64_t(1) << 40)})
    CHECK(refusal("/batch", wrong).find("batch is ") == 0);
  CHECK(refusal("/sums/norm", -0.5) == "sums/norm is -0.5, expected a number from 0.0 to 1e+300");
  CHECK(refusal("/sums/norm", 1e301).find("sums/norm is 1e+301, ") == 0);
  CHECK(refusal("/sums/norm", json()).find("sums/norm is null, ") == 0);
  CHECK(refusal("/sums", 7).find("sums/norm is null, ") == 0);
  CHECK(refusal("/sums/list", json::array()) ==
        "sums/list is [], expected a list of 1 to 3 numbers from 0.0 to 9.0");
  CHECK(refusal("/sums/list", {1, 2, 3, 4}).find("sums/list is [1,2,3,4], ") == 0);
  CHECK(refusal("/sums/list", {1, 10}).find("sums/list is [1,10], ") == 0);
  CHECK(refusal("/sums/list", 1).find("sums/list is 1, ") == 0);
  CHECK(refusal("/sums/list", std::vector<int>(1000)).size() < 200);
}
