// The code below one heading of a document, and what the document says that it prints. See extract.py.
#ifndef TENON_TESTS_DOCS_SECTION_H_
#define TENON_TESTS_DOCS_SECTION_H_

#include <initializer_list>
#include <iostream>
#include <sstream>
#include <string>

namespace tenon::docs {

struct Section {
  const char* heading;
  void (*run)();
  const char* prints;
};

// Runs them all; the number of those that print something else.
inline int RunSections(std::initializer_list<Section> sections) {
  int failures = 0;
  for (const Section& section : sections) {
    std::ostringstream printed;
    std::streambuf* const screen = std::cout.rdbuf(printed.rdbuf());
    section.run();
    std::cout.rdbuf(screen);
    if (printed.str() == section.prints) continue;
    ++failures;
    std::cout << "Section \"" << section.heading << "\" prints\n"
              << printed.str() << "and not\n"
              << section.prints;
  }
  return failures;
}

}  // namespace tenon::docs

#endif  // TENON_TESTS_DOCS_SECTION_H_
