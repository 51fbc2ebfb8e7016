// The readers of files, on files that were damaged at random: fuzz_readers [COUNT], for each reader. Equal
// counts give equal files. A reader returns, or throws a Failure of one line; what it returns is used once.
// Anything else ends the program: a signal, another exception.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "autograd/random.h"
#include "tests/tools/files/input_bytes.h"
#include "tools/data/idx.h"
#include "tools/data/npy.h"
#include "tools/files/json_text.h"
#include "tools/files/safetensors.h"

namespace {

std::uint64_t noise = 1;
std::uint64_t below(std::uint64_t n) {
  noise = noise * 6364136223846793005u + 1442695040888963407u;
  return (noise >> 33) % n;
}

// One to four changes: a byte, a bit, a part removed, repeated or taken from elsewhere, a number at an edge.
std::string damaged(std::string bytes) {
  for (std::uint64_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = below(bytes.size()),
                      length = 1 + below(std::min<std::uint64_t>(bytes.size() - at, 16));
    const std::string part = bytes.substr(below(bytes.size()), length);
    switch (below(6)) {
      case 0:
        bytes[at] = char(below(256));
        break;
      case 1:
        bytes[at] = char(bytes[at] ^ (1 << below(8)));
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 4:
        bytes.replace(at, length, part);
        break;
      default:
        bytes.replace(at, length, std::string(length, below(2) ? '\xff' : '\0'));
    }
  }
  return bytes;
}

struct Reader {
  const char* name;
  std::string good;
  std::function<void(const std::string& path)> read;
};

volatile double used = 0;  // so that what was read is read again

void use(const tools::Images& images) {
  const autograd::Array first = images.gather({0, images.count - 1});
  for (std::size_t i = 0; i < first.size(); ++i) used = used + double(first.data()[i]);
}

}  // namespace

int main(int argc, char** argv) {
  const long count = argc > 1 ? std::atol(argv[1]) : 1000;
  const TemporaryDirectory here;

  // A good file for each.
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2, 2), }", pixels(48, '\0');
  for (std::size_t i = 3; i < 48; i += 4) pixels[i] = '\x3e';
  const std::string npy = "\x93NUMPY" + bytes({1, 0, unsigned(header.size()), 0}) + header + pixels;
  const std::string images = bytes({0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2}) + pixels.substr(0, 12);
  const std::string labels = file_of(here, "labels", bytes({0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3}));
  const autograd::Array array = autograd::uniform(autograd::Stream(), {2, 3});
  const std::string weights =
      to_bytes(tools::Safetensors{{{"a.weight", array}, {"a.bias", array}}, {{"config", "{\"x\":[1,2]}"}}});
  const std::string json = R"({"a": [1, -2.5e3, {"b": null}], "c": "x\u00e9\n", "d": true})";
  const Reader readers[] = {
      {"npy", npy, [](const std::string& path) { use(tools::read_npy(path)); }},
      {"gzipped npy", gzip(npy), [](const std::string& path) { use(tools::read_npy(path)); }},
      {"idx", images, [&](const std::string& path) { use(tools::read_idx(path, labels)); }},
      {"safetensors", weights,
       [](const std::string& path) {
         const tools::SafetensorsFile file(path);
         for (const auto& [name, tensor] : file.read().tensors)
           for (std::size_t i = 0; i < tensor.size(); ++i) used = used + double(tensor.data()[i]);
       }},
      {"json", json,
       [](const std::string& path) {
         try {
           used = used + double(tools::parse_json(tools::content_of(path, 10000), 100).dump().size());
         } catch (const tools::BadJson& bad) {
           throw tools::Failure(tools::exit_bad_data, bad.what());
         }
       }},
  };

  // Read many damaged ones.
  for (const Reader& reader : readers) {
    long refused = 0;
    for (long i = 0; i < count; ++i) {
      const std::string path = file_of(here, "f", i == 0 ? reader.good : damaged(reader.good));
      const Outcome o = outcome([&] { reader.read(path); });
      if (o.code != 0 &&
          (o.code != 65 || o.message.find('\n') != std::string::npos || o.message.size() > 3000)) {
        std::printf("%s, file %ld: %d: %s\n", reader.name, i, o.code, o.message.c_str());
        return 1;
      }
      if (i == 0 && o.code != 0) return std::printf("%s: %s\n", reader.name, o.message.c_str()), 1;
      refused += o.code != 0;
    }
    std::printf("%s: %ld files, %ld refused, the others used\n", reader.name, count, refused);
    if (refused < count / 3) return 1;
  }
}
