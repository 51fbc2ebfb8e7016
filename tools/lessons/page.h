// What a lesson shows: sentences, numbers, tables, pictures, and what must hold.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tools/files/png.h"

namespace tools {

class Page {
 public:
  void say(const std::string& sentence);
  void number(const std::string& what, double value, const char* unit = "nats");
  void table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows);
  void picture(const std::string& what, GreyImage image);

  // Prints the sentence with a mark, and remembers whether all held.
  void check(bool holds, const std::string& sentence);

  const std::string& text() const { return text_; }
  const std::vector<GreyImage>& pictures() const { return pictures_; }
  bool all_hold() const { return failed_.empty() && checks_ > 0; }
  const std::vector<std::string>& failed() const { return failed_; }

 private:
  std::string text_;
  std::vector<GreyImage> pictures_;
  std::vector<std::string> failed_;
  std::size_t checks_ = 0;
};

}  // namespace tools
