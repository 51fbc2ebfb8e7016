// Choosing by name.
#include "nn/named.h"

#include <stdexcept>

#include "tests/autograd/messages.h"
#include "tests/catch.h"

TEST_CASE("named: the index of a name, and a message that lists all names") {
  CHECK(nn::index_named("optimizer", "adam", {"sgd", "adam", "adamw"}) == 1);
  const auto unknown = [] { nn::index_named("optimizer", "adm", {"sgd", "adam"}); };
  CHECK(message_of<std::invalid_argument>(unknown) == "[optimizer] 'adm' is not one of sgd, adam");
}
