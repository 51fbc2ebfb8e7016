// That the programs are hardened, as binutils' readelf shows it. Not built with -Dbuildtype=plain, which
// leaves this to the packager.
#include "tests/tools/program/program.h"

TEST_CASE(
    "hardening: the program is position-independent, its relocations are read-only, overruns are noticed",
    "[program]") {
  const WorkingDirectory here;
  for (const std::string program : {"elbo", "elbo-gradcheck", "elbo-bench"}) {
    const Result elf =
        here.shell("readelf -W -h -l -d --dyn-syms \"$(dirname " ELBO_PROGRAM ")/" + program + "\"");
    REQUIRE(elf.code == 0);
    INFO(program);
    CHECK(elf.out.find("Type:                              DYN") != std::string::npos);
    CHECK(elf.out.find("GNU_RELRO") != std::string::npos);
    CHECK(elf.out.find("BIND_NOW") != std::string::npos);
    CHECK(elf.out.find("__stack_chk_fail") != std::string::npos);
    CHECK(elf.out.find("printf_chk@GLIBC") != std::string::npos);
    CHECK(elf.out.find("RWE") == std::string::npos);  // no segment is both writable and executable
  }
  CHECK(here.shell("readelf -W --dyn-syms " ELBO_PROGRAM).out.find("__glibcxx_assert_fail") !=
        std::string::npos);
}
