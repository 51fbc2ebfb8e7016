// Bad files of every format, given to the program: it refuses each in a line, with a documented code, in a
// second, and without much memory. The files are made by walking the fields of each format.
#include <zlib.h>

#include <functional>
#include <iostream>

#include "tests/faults/limited_run.h"
#include "tests/tools/files/input_bytes.h"

namespace {

// What refusing a file may take.
constexpr double most_seconds = sanitized ? 60 : 5, most_memory = sanitized ? 2e9 : 200e6;

struct BadFile {
  std::string what, bytes;
  bool may_be_good = true;  // what was changed need not make it bad
};
using BadFiles = std::vector<BadFile>;

// ---- making them ------------------------------------------------------------------------------------------

// A field of an integer in a file, and its other values: small, large, negative, off by one.
void add_field(BadFiles& files, const std::string& good, std::size_t offset, std::size_t width,
               bool big_endian) {
  std::uint64_t value = 0;
  const auto place = [&](std::size_t i) { return offset + (big_endian ? i : width - 1 - i); };
  for (std::size_t i = 0; i < width; ++i) value = value << 8 | std::uint8_t(good[place(i)]);
  const std::uint64_t most = width == 8 ? ~0ull : (1ull << 8 * width) - 1;
  for (const std::uint64_t other :
       {std::uint64_t(0), value - 1, value + 1, 2 * value, most, most / 2, most / 2 + 1}) {
    std::string bytes = good;
    for (std::size_t i = 0; i < width; ++i) bytes[place(i)] = char(other >> 8 * (width - 1 - i));
    if (bytes != good)
      files.push_back({"byte " + std::to_string(offset) + " is " + std::to_string(other), bytes});
  }
}

void add_cuts(BadFiles& files, const std::string& good, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    files.push_back({"cut", good.substr(0, i * i * (good.size() - 1) / (count * count)), false});
  files.push_back({"a byte more", good + '\0', false});
  files.push_back({"twice", good + good, false});
}

void add_flips(BadFiles& files, const std::string& good, std::size_t first, std::size_t last,
               std::size_t step) {
  for (std::size_t i = first; i < std::min(last, good.size()); i += step) {
    std::string bytes = good;
    bytes[i] = char(bytes[i] ^ 0xff);
    files.push_back({"byte " + std::to_string(i) + " inverted", bytes});
  }
}

// The text with another in the place of a part of it.
std::string with(std::string text, const std::string& part, const std::string& other) {
  REQUIRE(text.find(part) != std::string::npos);
  return text.replace(text.find(part), part.size(), other);
}

std::string safetensors_of(const std::string& header, const std::string& payload) {
  const std::uint64_t size = header.size();
  return std::string(reinterpret_cast<const char*>(&size), 8) + header + payload;
}

// Values that a field of JSON may not have, whatever it is.
const std::vector<std::string>& bad_values() {
  static const std::vector<std::string> values = {"null",
                                                  "-1",
                                                  "1.5",
                                                  "1e300",
                                                  "1099511627776",
                                                  "18446744073709551616",
                                                  "true",
                                                  "\"\"",
                                                  "\"x\\u001b[2J\\n\"",
                                                  "[]",
                                                  "[-1]",
                                                  "{}",
                                                  "{\"a\":1}",
                                                  std::string(120'000, '['),
                                                  "\"" + std::string(300'000, 'x') + "\""};
  return values;
}

// ---- giving them to the program ---------------------------------------------------------------------------

// Gives each file to the program, which must end as promised. `refused_only`: no file may be accepted.
void check_all(const TemporaryDirectory& here, const std::string& format, const std::string& name,
               const BadFiles& files, const std::vector<std::string>& command) {
  std::size_t refused = 0, accepted = 0;
  double seconds = 0, memory = 0;
  for (const BadFile& file : files) {
    put(here / name, file.bytes);
    const LimitedRun run = run_limited(here, command);
    INFO(format << ", " << file.what << ", " << file.bytes.size() << " bytes: code " << run.code << ", "
                << run.seconds << " s, " << run.peak_memory / 1e6 << " MB: " << run.err.substr(0, 300));
    const bool documented = run.code == 2 || run.code == 65 || run.code == 66;
    CHECK((documented || (run.code == 0 && file.may_be_good)));
    CHECK((run.code == 0 || is_told(run.err)));
    CHECK(run.seconds < most_seconds);
    CHECK(run.peak_memory < most_memory);
    CHECK((run.code == 0 || !std::filesystem::exists(here / "new")));
    std::filesystem::remove_all(here / "new");
    ++(run.code ? refused : accepted);
    seconds = std::max(seconds, run.seconds), memory = std::max(memory, run.peak_memory);
  }
  std::cout << format << ": " << refused << " refused, " << accepted << " accepted, at most " << seconds
            << " s and " << memory / 1e6 << " MB" << std::endl;
  CHECK(refused >= files.size() / 2);
}

const std::vector<std::string> small_training = {"train",    "--out", "new",      "--epochs", "1",
                                                 "--hidden", "2",     "--latent", "1",        "--quiet"};

std::vector<std::string> training_with(const std::string& option, const std::string& file) {
  std::vector<std::string> command = small_training;
  command.insert(command.end(), {option, file});
  return command;
}

}  // namespace

TEST_CASE("faults: bad .npy files, raw and gzipped, are refused", "[faults]") {
  const WorkingDirectory here(40);
  const std::string good = npy_of_images(40), packed = gzip(good);
  BadFiles files;
  for (const std::size_t offset : {6, 7}) add_field(files, good, offset, 1, false);
  add_field(files, good, 8, 2, false);
  add_cuts(files, good, 20);
  add_flips(files, good, 0, 75, 3);
  for (const auto& [part, others] : std::map<std::string, std::vector<std::string>>{
           {"'|u1'",
            {"'<f4'", "'>f8'", "'|O'", "''", "[('x', '<f4')]", "'" + std::string(40'000, 'x') + "'",
             "'\033[2J'"}},
           {"False", {"True", "None", "Falsehood", "0"}},
           {"(40, 8, 6)",
            {"()", "(40,)", "(-1, 8, 6)", "(40, 8, 7)", "(0, 8, 6)", "(40, 0, 6)", "(1, 1920)", "(6, 320)",
             "(4294967296, 4294967296)", "(999999999999999999, 8, 6)", "(9999999999999999999, 8, 6)", "40",
             "(40, 8, 6", "(" + std::string(50'000, '1') + ")", "((40, 8), 6)"}}})
    for (const std::string& other : others) {
      std::string header = with(good.substr(10, 118), part, other);
      const std::size_t size = header.size();
      files.push_back(
          {part + " is " + other.substr(0, 40),
           good.substr(0, 8) + char(size & 255) + char(size >> 8 & 255) + header + good.substr(128)});
    }
  add_cuts(files, packed, 10);
  add_flips(files, packed, 0, 10, 1);
  add_flips(files, packed, packed.size() - 12, packed.size(), 2);
  files.push_back({"gzipped twice", gzip(packed), false});
  files.push_back({"empty", "", false});
  // 130 KB that inflate to one image of 128 MiB.
  std::string one = with(good.substr(0, 128), "(40, 8, 6), }        ", "(1, 134217728), }    ");
  files.push_back({"one image of 128 MiB", gzip(one + std::string(134217728, '\0')), false});
  check_all(here, "npy", "bad.npy", files, training_with("--data", "bad.npy"));
}

TEST_CASE("faults: bad IDX files are refused", "[faults]") {
  const WorkingDirectory here(1);
  std::filesystem::create_directory(here / "idx");
  const auto images = [](unsigned count, const std::string& pixels) {
    return bytes({0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 8, 0, 0, 0, 6}) + pixels;
  };
  const std::string good = images(40, npy_of_images(40).substr(128)),
                    labels = bytes({0, 0, 8, 1, 0, 0, 0, 40}) + std::string(40, '\1');
  put(here / "idx/train-images-idx3-ubyte", good);
  put(here / "idx/train-labels-idx1-ubyte", labels);
  put(here / "idx/t10k-images-idx3-ubyte", images(10, npy_of_images(10).substr(128)));
  put(here / "idx/t10k-labels-idx1-ubyte", bytes({0, 0, 8, 1, 0, 0, 0, 10}) + std::string(10, '\1'));

  BadFiles files;
  for (const std::size_t offset : {0, 1, 2, 3}) add_field(files, good, offset, 1, true);
  for (const std::size_t offset : {4, 8, 12}) add_field(files, good, offset, 4, true);
  add_cuts(files, good, 15);
  check_all(here, "IDX images", "idx/train-images-idx3-ubyte", files, training_with("--data", "idx"));

  put(here / "idx/train-images-idx3-ubyte", good);
  files.clear();
  for (const std::size_t offset : {0, 1, 2, 3}) add_field(files, labels, offset, 1, true);
  add_field(files, labels, 4, 4, true);
  add_cuts(files, gzip(labels), 10);
  check_all(here, "IDX labels", "idx/train-labels-idx1-ubyte", files, training_with("--data", "idx"));
}

TEST_CASE("faults: bad PNG images are refused", "[faults]") {
  const WorkingDirectory here(40);
  here.train("--epochs 1 --out run");
  REQUIRE(here.run("sample run -n 1 -o one.png").code == 0);
  const std::string good = content(here / "one.png");
  std::filesystem::create_directory(here / "png");
  for (int i = 0; i < 8; ++i) put(here / ("png/" + std::to_string(i) + ".png"), good);
  const std::size_t signature = 8, header = 25;

  BadFiles files;
  for (const std::size_t offset : {8, 16, 20, 33})
    add_field(files, good, offset, 4, true);  // lengths and sides
  for (const std::size_t offset : {24, 25, 26, 27, 28}) add_field(files, good, offset, 1, false);
  add_cuts(files, good, 20);
  files.erase(files.end() - 2, files.end());  // what follows the image is not read
  add_flips(files, good, 0, good.size(), good.size() / 40);
  // A chunk of two gigabytes, of which nothing is there.
  for (const std::string type : {"tEXt", "sPLT", "iCCP", "abCD", "IDAT", "PLTE"})
    for (const std::string& length : {bytes({0x7f, 255, 255, 255}), bytes({0xff, 255, 255, 255})})
      files.push_back({type,
                       good.substr(0, signature + header) + length + type + good.substr(signature + header),
                       false});
  check_all(here, "PNG", "png/5.png", files, training_with("--data", "png"));
}

TEST_CASE("faults: bad configurations are refused", "[faults]") {
  const WorkingDirectory here(40);
  here.train("--epochs 1 --out run");
  const std::string good = content(here / "run/config.json");
  const json options = json::parse(good);
  BadFiles files;
  std::size_t i = 0;
  for (const auto& [option, value] : options.items())
    for (const std::size_t k : {i++, i + 3, i + 7}) {
      std::string text = options.dump();
      const std::string& other = bad_values()[k % bad_values().size()];
      files.push_back(
          {option + " is " + other.substr(0, 40),
           with(text, json(option).dump() + ":" + value.dump(), json(option).dump() + ":" + other)});
    }
  add_cuts(files, good, 10);
  for (const std::string& text : bad_values()) files.push_back({"is " + text.substr(0, 40), text});
  files.push_back({"a zero byte after it", good + std::string(1, '\0'), false});
  files.push_back({"a key twice", with(options.dump(), "{", "{\"seed\":2,"), false});
  files.push_back({"an option more", with(options.dump(), "{", "{\"\\u001b[2J\":2,"), false});
  files.push_back(
      {"a model of 2.4 GB", with(options.dump(), "\"hidden\":[12]", "\"hidden\":[100000]"), false});
  check_all(here, "config.json of a run", "run/config.json", files,
            {"eval", "run", "--limit", "2", "--importance-samples", "2"});

  std::vector<std::string> command = training_with("--config", "bad.json");
  command.insert(command.end(), {"--data", "images.npy"});
  files.pop_back();  // fine for a new run
  check_all(here, "--config", "bad.json", files, command);
}

TEST_CASE("faults: bad checkpoints are refused", "[faults]") {
  const WorkingDirectory here(40);
  here.train("--epochs 1 --skip-outliers 2 --out run");
  const std::string good = content(here / "run/last.safetensors");
  std::uint64_t size;
  std::memcpy(&size, good.data(), 8);
  const json parsed = json::parse(good.substr(8, size));
  const std::string header = parsed.dump(), payload = good.substr(8 + size);

  BadFiles files;
  add_field(files, good, 0, 8, false);
  add_cuts(files, good, 20);
  add_flips(files, good, 8, good.size(), good.size() / 40);
  // Every field of a tensor and every entry of the metadata, with wrong values.
  for (const std::string& other : bad_values()) {
    const std::string tensor = "encoder.0.weight", entry = parsed[tensor].dump();
    for (const std::string key : {"dtype", "shape", "data_offsets"})
      files.push_back(
          {key + " is " + other.substr(0, 40),
           safetensors_of(with(header, entry, with(entry, parsed[tensor][key].dump(), other)), payload),
           false});
    files.push_back(
        {"a tensor is " + other.substr(0, 40), safetensors_of(with(header, entry, other), payload), false});
    files.push_back({"the header is " + other.substr(0, 40), safetensors_of(other, payload), false});
    for (const auto& [key, value] : parsed["__metadata__"].items())
      files.push_back(
          {key + " is " + other.substr(0, 40),
           safetensors_of(with(header, json(key).dump() + ":" + value.dump(), json(key).dump() + ":" + other),
                          payload),
           false});
  }
  json metadata = parsed;
  std::string zeros = "[0";
  for (int i = 0; i < 4'700'000; ++i) zeros += ",0";
  metadata["__metadata__"]["config"] = zeros + "]";
  files.push_back({"9.5 MB of metadata", safetensors_of(metadata.dump(), payload), false});
  for (BadFile& file : files)
    if (file.what.rfind("byte ", 0) != 0) file.may_be_good = false;
  check_all(here, "checkpoint", "bad.safetensors", files,
            {"eval", "run", "--checkpoint", "bad.safetensors", "--limit", "2", "--importance-samples", "2"});
}

TEST_CASE("faults: whatever stands in metrics.jsonl, a run continues", "[faults]") {
  const WorkingDirectory here(40);
  here.train("--epochs 1 --out run");
  const std::string good = content(here / "run/metrics.jsonl");
  BadFiles files;
  add_cuts(files, good, 8);
  add_flips(files, good, 0, good.size(), good.size() / 10);
  for (const std::string& text : bad_values()) files.push_back({text.substr(0, 40), text + "\n" + text});
  for (const BadFile& file : files) {
    put(here / "run/metrics.jsonl", file.bytes);
    const LimitedRun run = run_limited(here, {"train", "--resume", "--out", "run", "--quiet"});
    INFO(file.what << ": " << run.err.substr(0, 300));
    CHECK(run.code == 0);
    CHECK(run.err == "");
    CHECK(run.peak_memory < most_memory);
  }
  std::cout << "metrics: " << files.size() << " read" << std::endl;
}

TEST_CASE("faults: other data than the run's are refused before a model is made of them", "[faults]") {
  const WorkingDirectory here(40);
  REQUIRE(here.run("train --data images.npy --hidden 500 --latent 2 --epochs 1 --quiet --out run").code == 0);
  // 40 images of 100,000 pixels, of which the model would take 400 MB.
  put(here / "images.npy", with(npy_of_images(40).substr(0, 128), "(40, 8, 6), }    ", "(40, 100, 1000), }"));
  std::filesystem::resize_file(here / "images.npy", 128 + 40 * 100'000);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"train", "--resume", "--epochs", "2", "--out", "run"}, {"eval", "run"}}) {
    const LimitedRun run = run_limited(here, command);
    INFO(run.err);
    CHECK(run.code == 65);
    CHECK(is_told(run.err));
    CHECK(run.err.find("was trained on other data") != std::string::npos);
    CHECK(run.peak_memory < most_memory);
  }
}

TEST_CASE("faults: a float that is not grey, at the end of a large file, is refused before that is read",
          "[faults]") {
  const WorkingDirectory here(40);
  std::string header = with(npy_of_images(40).substr(0, 128), "'|u1'", "'<f4'");
  put(here / "large.npy", with(header, "(40, 8, 6), }     ", "(100, 1000, 800), }"));
  std::filesystem::resize_file(here / "large.npy", 128 + 4 * 80'000'000 - 4);
  std::ofstream(here / "large.npy", std::ios::binary | std::ios::app) << bytes({0, 0, 0, 0x40});
  const LimitedRun run = run_limited(here, training_with("--data", "large.npy"));
  INFO(run.err);
  CHECK(run.code == 65);
  CHECK(is_told(run.err));
  CHECK(run.err.find("holds the value 2,") != std::string::npos);
  CHECK(run.seconds < most_seconds);
  CHECK(run.peak_memory < most_memory);
}

TEST_CASE("faults: holes of a gigabyte are refused before they are read", "[faults]") {
  const WorkingDirectory here(40);
  here.train("--epochs 1 --out run");
  const std::uint64_t gigabyte = 1 << 30;
  const auto refuse = [&](const std::vector<std::string>& command) {
    const LimitedRun run = run_limited(here, command);
    INFO(run.err);
    CHECK(run.code == 65);
    CHECK(is_told(run.err));
    CHECK(run.seconds < most_seconds);
    CHECK(run.peak_memory < most_memory);
  };
  const std::string one =
      with(npy_of_images(40).substr(0, 128), "(40, 8, 6), }         ", "(1, 1073741824), }    ");
  put(here / "hole.npy", one);
  std::filesystem::resize_file(here / "hole.npy", 128 + gigabyte);
  refuse(training_with("--data", "hole.npy"));

  const std::string checkpoint = content(here / "run/last.safetensors");
  json header = header_of_safetensors(checkpoint);
  json foreign = {{"__metadata__", header["__metadata__"]},
                  {"x", {{"dtype", "F32"}, {"shape", {gigabyte / 4}}, {"data_offsets", {0, gigabyte}}}}};
  put(here / "hole.safetensors", safetensors_of(foreign.dump(), ""));
  std::filesystem::resize_file(here / "hole.safetensors", 8 + foreign.dump().size() + gigabyte);
  refuse({"eval", "run", "--checkpoint", "hole.safetensors"});
  std::filesystem::rename(here / "hole.safetensors", here / "run/last.safetensors");
  std::filesystem::remove(here / "run/previous.safetensors");
  refuse({"eval", "run"});
  refuse({"train", "--resume", "--out", "run", "--quiet"});
}
