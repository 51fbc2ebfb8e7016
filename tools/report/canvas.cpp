// Pixels.
#include "tools/report/canvas.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace tools {

namespace {

// Letters of 3 × 5: five rows from the top, the digit of each in binary.
struct Letter {
  char letter;
  const char* rows;
};
// clang-format off
const Letter letters[] = {
    {'A', "25755"}, {'B', "65656"}, {'C', "34443"}, {'D', "65556"}, {'E', "74647"}, {'F', "74644"},
    {'G', "34553"}, {'H', "55755"}, {'I', "72227"}, {'J', "11152"}, {'K', "55655"}, {'L', "44447"},
    {'M', "57755"}, {'N', "65555"}, {'O', "25552"}, {'P', "65644"}, {'Q', "25563"}, {'R', "65655"},
    {'S', "34216"}, {'T', "72222"}, {'U', "55557"}, {'V', "55552"}, {'W', "55775"}, {'X', "55255"},
    {'Y', "55222"}, {'Z', "71247"}, {'0', "75557"}, {'1', "26227"}, {'2', "61247"}, {'3', "61216"},
    {'4', "55711"}, {'5', "74616"}, {'6', "34652"}, {'7', "71222"}, {'8', "25252"}, {'9', "25316"},
    {'.', "00002"}, {',', "00024"}, {'-', "00700"}, {'_', "00007"}, {'/', "11244"}, {':', "02020"},
    {'(', "12221"}, {')', "42224"}, {'=', "07070"},
};
// clang-format on

}  // namespace

void Canvas::dot(long x, long y, std::uint8_t shade) {
  if (x < 0 || y < 0 || std::size_t(x) >= image.width || std::size_t(y) >= image.height) return;
  image.pixels[std::size_t(y) * image.width + std::size_t(x)] = shade;
}

void Canvas::paste(const GreyImage& picture, std::size_t left, std::size_t top) {
  for (std::size_t y = 0; y < picture.height; ++y)
    for (std::size_t x = 0; x < picture.width; ++x)
      dot(long(left + x), long(top + y), picture.pixels[y * picture.width + x]);
}

void Canvas::line(double x0, double y0, double x1, double y1, std::uint8_t shade, bool dashed) {
  const double far = double(image.width + image.height);
  y0 = std::clamp(y0, -far, far), y1 = std::clamp(y1, -far, far);
  const long steps = 1 + long(std::max(std::abs(x1 - x0), std::abs(y1 - y0)));
  for (long k = 0; k <= steps; ++k) {
    if (dashed && k % 10 >= 6) continue;
    const double w = double(k) / double(steps);
    const long x = std::lround(x0 + w * (x1 - x0)), y = std::lround(y0 + w * (y1 - y0));
    dot(x, y, shade), dot(x, y + 1, shade);
  }
}

void Canvas::words(const std::string& text, long left, long top, std::uint8_t shade) {
  for (const char c : text) {
    const char capital = char(std::toupper(static_cast<unsigned char>(c)));
    for (const Letter& known : letters)
      if (known.letter == capital)
        for (long y = 0; y < 10; ++y)
          for (long x = 0; x < 6; ++x)
            if ((known.rows[y / 2] - '0') >> (2 - x / 2) & 1) dot(left + x, top + y, shade);
    left += letter_width;
  }
}

}  // namespace tools
