// HTML, and the style of the page.
#include "tools/report/page.h"

#include <algorithm>
#include <cstdint>

#include "tools/report/chart.h"
#include "tools/text.h"

namespace tools {

namespace {

const char* const style = R"css(
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #ffffff; --faint: #d8d8d8;
        --c0: #0b62a4; --c1: #b5440e; --c2: #2a7d3c; --c3: #8a3b9c; --c4: #8a6d00; --c5: #5a6570; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #16181b; --faint: #3a3d42;
          --c0: #6bb3f2; --c1: #f0935c; --c2: #7fce90; --c3: #d38ee2; --c4: #d9bd4d; --c5: #a9b4bf; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1360px;
       margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--faint);
         font-variant-numeric: tabular-nums; overflow-wrap: anywhere; min-width: 6rem; }
figure { margin: 1rem 0; } figcaption { font-size: .9rem; }
img { max-width: 100%; height: auto; image-rendering: pixelated; }
.charts { display: grid; gap: 0 1.5rem;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 32rem), 1fr)); }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--ink); }
svg .title { font-size: 14px; }
.grid { stroke: var(--faint); fill: none; } .line { fill: none; stroke-width: 1.8; stroke-linecap: round; }
.dashed { stroke-dasharray: 5 4; stroke-linecap: butt; }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); }
.c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); }
.tape { max-width: 430px; } .arcs { fill: none; stroke: var(--c5); stroke-width: 1; }
.node { fill: none; stroke: var(--c5); } .node.given { stroke-dasharray: 4 3; }
.node.parameter { fill: var(--faint); }
.key { margin-right: 1rem; }
.key::before { content: ""; display: inline-block; width: 1.6rem; vertical-align: middle;
               margin-right: .4rem; border-top: 2px solid; }
.key.dashed::before { border-top-style: dashed; }
.key.c0::before { color: var(--c0); } .key.c1::before { color: var(--c1); }
.key.c2::before { color: var(--c2); }
.key.c3::before { color: var(--c3); } .key.c4::before { color: var(--c4); }
.key.c5::before { color: var(--c5); }
.equation { font-size: 1.1rem; } .term { display: inline-block; text-align: center; margin: 0 .3rem; }
.term b { display: block; font-weight: 500; }
.term i { display: block; font-style: normal; font-size: .9rem; }
.walk { display: grid; gap: 1rem; align-items: start;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
#walk[hidden] { display: none; }
#map { border: 1px solid var(--faint); touch-action: none; cursor: crosshair; }
#image { width: 100%; image-rendering: pixelated; } .point { stroke: none; opacity: .65; }
.point.c0 { fill: var(--c0); } .point.c1 { fill: var(--c1); } .point.c2 { fill: var(--c2); }
.point.c3 { fill: var(--c3); }
.point.c4 { fill: var(--c4); } .point.c5 { fill: var(--c5); }
#spot { fill: none; stroke: var(--ink); stroke-width: .05; }
#sliders { max-height: 34rem; overflow-y: auto; } #sliders label { display: block; }
input[type=range] { width: 100%; margin: 2px 0; } button, select { font: inherit; }
@media (max-width: 40rem) { .chart svg text { font-size: 17px; } .chart svg .title { font-size: 19px; } }
@media print { .walk { display: none; } body { max-width: none; } details[open] summary { display: none; }
  figure { break-inside: avoid; } }
)css";

}  // namespace

std::string page(const std::string& title, const std::string& body) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         escaped(title) + "</title>\n<style>" + style + "</style>\n</head>\n<body>\n<h1>" + escaped(title) +
         "</h1>\n" + body + "</body>\n</html>\n";
}

std::string section(const std::string& heading, const std::string& body) {
  return "<section>\n<h2>" + escaped(heading) + "</h2>\n" + body + "</section>\n";
}

std::string table(const std::vector<std::string>& headings,
                  const std::vector<std::vector<std::string>>& rows) {
  std::string html = "<div class=\"scroll\"><table>\n<tr>";
  for (const std::string& heading : headings) html += "<th scope=\"col\">" + escaped(heading) + "</th>";
  html += "</tr>\n";
  for (const std::vector<std::string>& row : rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i)
      html += i == 0 ? "<th scope=\"row\">" + escaped(row[i]) + "</th>" : "<td>" + escaped(row[i]) + "</td>";
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

std::string figure(const std::string& caption, const GreyImage& image) {
  return text("<figure><img width=\"%zu\" height=\"%zu\" alt=\"", image.width, image.height) +
         escaped(caption) + "\" src=\"data:image/png;base64," + base64(to_png(image)) + "\"><figcaption>" +
         escaped(caption) + "</figcaption></figure>\n";
}

std::string base64(const std::string& bytes) {
  const char* const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k) three = three << 8 | (k < n ? std::uint8_t(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k <= n ? digits[three >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

}  // namespace tools
