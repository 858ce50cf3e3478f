// SPDX-License-Identifier: MIT
// The traps of the library below the parser, as users would meet them: none may be visible.
#include "cmd/parser.h"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

using namespace fid;
using namespace fid::cmd;

namespace {

struct Outcome {
    Parsed parsed;
    Result<void> result;
};

Outcome parse(std::vector<std::string> words) {
    Outcome outcome;
    outcome.result = Parser::parse(words, outcome.parsed);
    return outcome;
}

}  // namespace

TEST_CASE("a bracketed word keeps its brackets") {
    const Outcome outcome = parse({"ipcalc", "[::1]", "[a,b]", "--fields", "[x]"});
    REQUIRE(outcome.result);
    CHECK(outcome.parsed.args.words() == std::vector<std::string>{"[::1]", "[a,b]"});
    CHECK(outcome.parsed.args.value("--fields") == "[x]");
}

TEST_CASE("a negative number is a word and not an option") {
    const Outcome outcome = parse({"ipcalc", "nth", "10.0.0.0/8", "-5"});
    REQUIRE(outcome.result);
    CHECK(outcome.parsed.args.words() == std::vector<std::string>{"10.0.0.0/8", "-5"});
}

TEST_CASE("common options stand before and after the command") {
    for (const auto& words : {std::vector<std::string>{"--json", "-v", "ipcalc", "::1"},
                              std::vector<std::string>{"ipcalc", "::1", "--json", "-v"}}) {
        const Outcome outcome = parse(words);
        REQUIRE(outcome.result);
        CHECK(outcome.parsed.args.has("--json"));
        CHECK(outcome.parsed.args.count("--verbose") == 1);
        CHECK(outcome.parsed.title() == "fid ipcalc");
    }
}

TEST_CASE("a flag may have a value behind an equals sign where the command declares one") {
    const Outcome plain = parse({"resolve", "--json", "example.com"});
    REQUIRE(plain.result);
    CHECK(plain.parsed.args.has("--json"));
    CHECK(plain.parsed.args.value("--json").empty());
    CHECK(plain.parsed.args.words() == std::vector<std::string>{"example.com"});
    const Outcome valued = parse({"--json=rfc8427", "resolve", "example.com"});
    REQUIRE(valued.result);
    CHECK(valued.parsed.args.count("--json") == 1);
    CHECK(valued.parsed.args.value("--json") == "rfc8427");
    CHECK_FALSE(parse({"resolve", "--json=else", "example.com"}).result);
    CHECK_FALSE(parse({"resolve", "--json=", "example.com"}).result);
    CHECK_FALSE(parse({"ipcalc", "--json=rfc8427", "::1"}).result);
    const Outcome word = parse({"resolve", "--", "--json=rfc8427"});
    CHECK(word.parsed.args.words() == std::vector<std::string>{"--json=rfc8427"});
}

TEST_CASE("an option does not swallow the words behind its value") {
    const Outcome outcome = parse({"sniff", "-r", "a.pcap", "tcp", "-r", "b.pcap", "port", "80"});
    REQUIRE(outcome.result);
    CHECK(outcome.parsed.args.values("-r") == std::vector<std::string>{"a.pcap", "b.pcap"});
    CHECK(outcome.parsed.args.words() == std::vector<std::string>{"tcp", "port", "80"});
}

TEST_CASE("a verb name behind other words or two dashes is a word") {
    const Outcome outcome = parse({"ipcalc", "merge", "sort"});
    REQUIRE(outcome.result);
    CHECK(outcome.parsed.title() == "fid ipcalc merge");
    CHECK(outcome.parsed.args.words() == std::vector<std::string>{"sort"});
    CHECK(parse({"ipcalc", "--", "merge"}).parsed.title() == "fid ipcalc");
}

TEST_CASE("repeated flags are counted and bundled") {
    const Outcome outcome = parse({"sniff", "-nttvv", "-r", "x"});
    REQUIRE(outcome.result);
    CHECK(outcome.parsed.args.count("-t") == 2);
    CHECK(outcome.parsed.args.count("-v") == 2);
}

TEST_CASE("usage errors say what is wrong and suggest") {
    CHECK(parse({"snfif"}).result.error().hint == "did you mean 'sniff'?");
    CHECK(parse({"ipcalc", "--jsno"}).result.error().hint == "did you mean '--json'?");
    CHECK(parse({"ipcalc", "::1", "--color", "alwyas"}).result.error().hint == "did you mean 'always'?");
    CHECK(parse({"ipcalc", "::1", "--color"}).result.error().sentence() == "--color needs a value");
    CHECK(parse({"ipcalc", "::1", "--color", "auto", "--color", "never"}).result.error().status == Status::usage);
    CHECK(parse({"ipcalc", "nth", "10.0.0.0/8"}).result.error().sentence() == "missing INDEX");
    CHECK(parse({"ipcalc", "free", "10.0.0.0/8", "x"}).result.error().sentence() == "too many words: 'x'");
}

TEST_CASE("help wins over errors and knows where it was asked") {
    CHECK(parse({"ipcalc", "--bogus", "--help"}).parsed.wish == Wish::full_help);
    CHECK(parse({"ipcalc", "split", "-h"}).parsed.title() == "fid ipcalc split");
    const Outcome outcome = parse({"help", "ipcalc", "split"});
    REQUIRE(outcome.result);
    CHECK(outcome.parsed.title() == "fid ipcalc split");
    CHECK(!parse({"help", "nosuch"}).result);
}

TEST_CASE("no option of a command has the name of another, and all of them can be asked for help") {
    for (const Command* const command : commands()) {
        CAPTURE(command->name);
        std::set<std::string> names;
        for (const Option& option : command->options) {
            std::stringstream list{std::string(option.names)};
            for (std::string name; std::getline(list, name, ',');) CHECK_MESSAGE(names.insert(name).second, name);
        }
        CHECK(parse({std::string(command->name), "--help"}).result);
    }
}
