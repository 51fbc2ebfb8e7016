// One `read` from text, one from JSON, and their inverses, for each type that a value may have.
#include "tools/option.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "nn/named.h"
#include "tools/did_you_mean.h"
#include "tools/errors.h"

namespace tools {

using nlohmann::json;

namespace {

// ---- text -------------------------------------------------------------------------------------------------

void read(std::string* value, const std::string& text) { *value = text; }
void read(std::uint64_t* value, const std::string& text) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  if (error != std::errc() || end != text.data() + text.size())
    throw std::invalid_argument("a positive whole number");
}
void read(double* value, const std::string& text) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  if (error != std::errc() || end != text.data() + text.size()) throw std::invalid_argument("a number");
}
void read(std::vector<std::uint64_t>* value, const std::string& text) {
  value->clear();
  for (std::size_t begin = 0, end; begin <= text.size(); begin = end + 1) {
    end = std::min(text.find(',', begin), text.size());
    read(&value->emplace_back(), text.substr(begin, end - begin));
  }
}
void read(std::optional<double>* value, const std::string& text) { read(&value->emplace(), text); }

std::string write(const std::string* value) { return *value; }
std::string write(const std::uint64_t* value) { return std::to_string(*value); }
std::string write(const double* value) { return json(*value).dump(); }
std::string write(const std::vector<std::uint64_t>* value) {
  std::string text;
  for (const std::uint64_t v : *value) text += (text.empty() ? "" : ",") + std::to_string(v);
  return text;
}
std::string write(const std::optional<double>* value) { return *value ? write(&**value) : ""; }

// ---- JSON -------------------------------------------------------------------------------------------------

void read(std::string* value, const json& j) { *value = j.get_ref<const std::string&>(); }
void read(std::uint64_t* value, const json& j) {
  if (!j.is_number_unsigned()) throw std::invalid_argument("a whole number is needed");
  *value = j.get<std::uint64_t>();
}
void read(double* value, const json& j) {
  if (!j.is_number()) throw std::invalid_argument("a number is needed");
  *value = j.get<double>();
}
void read(std::vector<std::uint64_t>* value, const json& j) {
  const json list = j.is_array() ? j : json::array({j});  // a number is a list of one
  value->assign(list.size(), 0);
  for (std::size_t i = 0; i < list.size(); ++i) read(&(*value)[i], list[i]);
}
void read(std::optional<double>* value, const json& j) {
  if (j.is_null())
    value->reset();
  else
    read(&value->emplace(), j);
}

json json_of(const std::string* value) { return *value; }
json json_of(const std::uint64_t* value) { return *value; }
json json_of(const double* value) { return *value; }
json json_of(const std::vector<std::uint64_t>* value) { return *value; }
json json_of(const std::optional<double>* value) { return *value ? json(**value) : json(); }

}  // namespace

std::string typed_name(const Option& option) { return (option.name.size() == 1 ? "-" : "--") + option.name; }

void read_text(const Option& option, const std::string& text) {
  try {
    std::visit([&](auto* value) { read(value, text); }, option.value);
  } catch (const std::invalid_argument& expected) {
    throw Failure(exit_usage, typed_name(option) + ": '" + printable(text) + "' is not " + expected.what());
  }
}

std::string to_text(const Option& option) {
  return std::visit([](const auto* value) { return write(value); }, option.value);
}

void read_json(const Option& option, const json& j) {
  std::visit([&](auto* value) { read(value, j); }, option.value);
}

json to_json(const Option& option) {
  return std::visit([](const auto* value) { return json_of(value); }, option.value);
}

// The message of index_named begins with "[option]".
std::size_t chosen(const std::string& option, const std::string& value, const Names& names) {
  try {
    return nn::index_named(option.c_str(), printable(value), names);
  } catch (const std::invalid_argument& error) {
    throw Failure(exit_usage, "--" + option + std::string(error.what()).substr(option.size() + 2) +
                                  did_you_mean(value, names));
  }
}

std::string listed(const Names& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace tools
