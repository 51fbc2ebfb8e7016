// Checkpoints, metrics and pictures, each with what happens when it cannot be written.
#include "tools/run/run_writer.h"

#include <utility>

#include "tools/config/config_file.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/files/regular_file.h"
#include "tools/run/checkpoint.h"
#include "tools/run/pictures.h"

namespace tools {

using nlohmann::ordered_json;

namespace {

bool holds(const std::filesystem::path& path, const std::string& bytes) {
  try {
    return content_of(path, bytes.size()) == bytes;
  } catch (const Failure&) {
    return false;
  }
}

}  // namespace

// ---- the directory ----------------------------------------------------------------------------------------

void RunWriter::begin(bool force) {
  directory_.make(force);
  lock_.emplace(directory_.name());
  directory_.clear(force);
  write_config();
}

void RunWriter::resume() {
  lock_.emplace(directory_.name());
  load();
  write_config();
}

// All options but the directory, which the file is in: a copy of them is for another.
void RunWriter::write_config() const {
  nlohmann::json all = to_json(experiment_.config);
  all.erase("out");
  write_atomically(directory_.config(), all.dump(2) + "\n");
}

// A run that ended before its first checkpoint starts from its beginning, which gives the same.
void RunWriter::load() {
  if (directory_.holds_checkpoint()) {
    std::string warning;
    const std::filesystem::path newest = with_newest_checkpoint(
        directory_,
        [&](const std::filesystem::path& file) { progress_ = load_checkpoint(file, experiment_); }, warning);
    if (!warning.empty()) warn_(warning);
    const std::uint64_t begun = progress_.epoch + (progress_.batch > 0);
    if (experiment_.config.epochs < begun)
      throw Failure(exit_usage, "--epochs " + std::to_string(experiment_.config.epochs) +
                                    " contradicts the run, which is in epoch " + std::to_string(begun) +
                                    " already");

    // Replace a damaged newest checkpoint, which the next save would keep as the previous one; and write the
    // best one if the run was killed between the two files of a save.
    const std::string bytes = checkpoint_bytes(experiment_, progress_);
    if (newest != directory_.last()) write_atomically(directory_.last(), bytes);
    if (progress_.is_best() && !holds(directory_.best(), bytes)) write_atomically(directory_.best(), bytes);
  }
  directory_.forget_metrics_after(progress_.epoch);
}

// ---- checkpoints ------------------------------------------------------------------------------------------

void RunWriter::save() {
  lock_->check();
  const std::string told = std::exchange(unsaved_, "");
  const auto try_to = [&](const auto& write) {
    try {
      write();
      return true;
    } catch (const Failure& failure) {
      unsaved_ = failure.what();
      if (unsaved_ != told) warn_(unsaved_ + "; training goes on");
      return false;
    }
  };

  // The newest checkpoint, and then the best one, which waits until it could be written.
  const std::string bytes = checkpoint_bytes(experiment_, progress_);
  if (progress_.is_best()) best_ = bytes;
  // What was written, but not the best one after it, is not the previous one.
  const bool there = !told.empty() && holds(directory_.last(), bytes);
  const bool saved = try_to([&] {
    there ? write_atomically(directory_.last(), bytes)
          : write_atomically_keeping_previous(directory_.last(), directory_.previous(), bytes);
  });
  if (saved && !best_.empty() && try_to([&] { write_atomically(directory_.best(), best_); })) best_.clear();
}

void RunWriter::go_back_to_best() {
  try {
    progress_ = load_checkpoint(directory_.best(), experiment_);
  } catch (const Failure& failure) {
    warn_(std::string(failure.what()) + "; the result is that of the last weights");
  }
}

std::string RunWriter::save_not_finite() {
  try {
    write_atomically(directory_.non_finite(), checkpoint_bytes(experiment_, progress_));
  } catch (const Failure& unwritten) {
    return unwritten.what();
  }
  return "the state after step " + std::to_string(progress_.step) + " is in " +
         directory_.non_finite().string();
}

// ---- metrics ----------------------------------------------------------------------------------------------

bool RunWriter::has_result() const {
  const std::uint64_t most_bytes = 50'000'000;
  try {
    const std::string rows = content_of(directory_.metrics(), most_bytes);
    const std::size_t before = rows.size() < 2 ? std::string::npos : rows.rfind('\n', rows.size() - 2);
    return rows.find("\"split\":\"test\"", before == std::string::npos ? 0 : before) != std::string::npos;
  } catch (const Failure&) {
    return false;
  }
}

// Rows that cannot be written wait for the next epoch; the first failure is told.
void RunWriter::write_metrics(std::vector<ordered_json> rows) {
  for (ordered_json& row : rows) unwritten_metrics_.push_back(std::move(row));
  if (unwritten_metrics_.empty()) return;
  lock_->check();
  try {
    directory_.append_metrics(unwritten_metrics_);
    unwritten_metrics_.clear();
    unwritten_.clear();
  } catch (const Failure& failure) {
    if (unwritten_.empty()) warn_(std::string(failure.what()) + "; training goes on");
    unwritten_ = failure.what();
  }
}

// ---- pictures ---------------------------------------------------------------------------------------------

// A picture that cannot be written is not worth a run.
void RunWriter::draw() {
  const nn::Averaged averaged(experiment_.weight_update->average());
  const auto write = [&](const std::filesystem::path& file, const GreyImage& picture) {
    try {
      write_png(file, picture);
    } catch (const Failure& failure) {
      if (failed_pictures_.insert(failure.what()).second) warn_(failure.what());
    }
  };
  write(directory_.samples(), sample_sheet(experiment_, {0, experiment_.config.seed}));
  write(directory_.reconstructions(), reconstruction_sheet(experiment_, 32));
}

}  // namespace tools
