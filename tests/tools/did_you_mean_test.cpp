// The word that somebody may have meant.
#include "tools/did_you_mean.h"

#include "tests/catch.h"

using tools::did_you_mean;

TEST_CASE("did you mean: the closest word, by its letters, its beginning or its initials", "[did_you_mean]") {
  const std::vector<std::string> options = {"--batch-size", "--learning-rate", "--latent", "--levels",
                                            "--kl"};
  CHECK(did_you_mean("--batchsize", options) == "; did you mean --batch-size?");
  CHECK(did_you_mean("--batch", options) == "; did you mean --batch-size?");
  CHECK(did_you_mean("--lr", options) == "; did you mean --learning-rate?");
  CHECK(did_you_mean("--laetnt", options) == "; did you mean --latent?");
  CHECK(did_you_mean("-kl", options) == "; did you mean --kl?");
  CHECK(did_you_mean("adm", {"sgd", "adamw", "adam"}) == "; did you mean adam?");
  CHECK(did_you_mean("minst", {"shapes", "fashion-mnist", "mnist"}) == "; did you mean mnist?");
}

TEST_CASE("did you mean: nothing, if nothing is close", "[did_you_mean]") {
  CHECK(did_you_mean("--nonsense", {"--batch-size", "--kl"}) == "");
  CHECK(did_you_mean("none", {"constant", "step", "linear"}) == "");
  CHECK(did_you_mean("x", {"kl", "y"}) == "");
  CHECK(did_you_mean("", {"kl"}) == "");
  CHECK(did_you_mean("--", {"kl"}) == "");
}
