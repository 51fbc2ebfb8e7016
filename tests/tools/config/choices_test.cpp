// The names of enums: each stands for the value at its place.
#include "tools/config/choices.h"

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"

using namespace tools;

TEST_CASE("names of likelihoods, forms of the KL, binarizations and splits", "[choices]") {
  CHECK(likelihood_named("bernoulli") == vae::LikelihoodKind::bernoulli);
  CHECK(likelihood_named("gaussian") == vae::LikelihoodKind::gaussian);
  CHECK(kl_form_named("analytic") == vae::KLForm::analytic);
  CHECK(kl_form_named("monte-carlo") == vae::KLForm::monte_carlo);
  CHECK(kl_form_named("entropy") == vae::KLForm::entropy);
  CHECK(kl_form_named("mixed") == vae::KLForm::mixed);
  CHECK(decoder_named("independent") == vae::DecoderKind::independent);
  CHECK(decoder_named("pixelcnn") == vae::DecoderKind::pixelcnn);
  CHECK(bound_named("elbo") == BoundKind::elbo);
  CHECK(bound_named("iwae") == BoundKind::iwae);
  CHECK(bound_named("renyi") == BoundKind::renyi);
  CHECK(gradient_named("pathwise") == GradientKind::pathwise);
  CHECK(gradient_named("stl") == GradientKind::stl);
  CHECK(gradient_named("dreg") == GradientKind::dreg);
  CHECK(gradient_named("gdreg") == GradientKind::gdreg);
  CHECK(gradient_named("score") == GradientKind::score);
  CHECK(gradient_named("vimco") == GradientKind::vimco);
  CHECK(binarization_named("dynamic") == Binarization::dynamic);
  CHECK(binarization_named("static") == Binarization::fixed);
  CHECK(binarization_named("threshold") == Binarization::threshold);
  CHECK(binarization_named("none") == Binarization::none);
  for (const std::string& name : split_names()) CHECK(name_of(split_named(name)) == name);
  CHECK(split_named("test") == Split::test);
}

TEST_CASE("an unknown name is refused with all of them", "[choices]") {
  const auto message = [](const auto& named) { return outcome([&] { named("x"); }).message; };
  CHECK(message(likelihood_named) ==
        "--likelihood 'x' is not one of bernoulli, gaussian, continuous-bernoulli, logistic-mixture, "
        "categorical");
  CHECK(message(kl_form_named) == "--kl 'x' is not one of analytic, monte-carlo, entropy, mixed");
  CHECK(message(binarization_named) == "--binarize 'x' is not one of dynamic, static, threshold, none");
  CHECK(message(split_named) == "--split 'x' is not one of train, validation, test");
  CHECK(outcome([] { split_named("x"); }).code == exit_usage);
}

TEST_CASE("tables of models, activations, optimizers and schedules have names", "[choices]") {
  for (const Names* names :
       {&model_names(), &prior_names(), &activation_names(), &optimizer_names(), &schedule_names()})
    CHECK(names->size() >= 2);
  CHECK(model_names().front() == "vae");
}
