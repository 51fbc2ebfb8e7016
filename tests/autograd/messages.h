// What an error says: the message of the exception of this type that f throws, "" if it throws none.
#pragma once

#include <initializer_list>
#include <string>

template <class Error, class F>
std::string message_of(const F& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// True if every part occurs in the message.
inline bool says(const std::string& message, std::initializer_list<const char*> parts) {
  for (const char* part : parts)
    if (message.find(part) == std::string::npos) return false;
  return true;
}
